/** The routes of the kit as a handler for Express. */
import type { RequestHandler } from 'express';
import type { AnswerRequest } from '../routes/answerRequest.ts';
import { routeRequestOf } from './expressRequest.ts';
import { sendAnswer } from './sendAnswer.ts';

export const createRouter =
  (answer: AnswerRequest): RequestHandler =>
  async (request, response) =>
    sendAnswer(response, await answer(routeRequestOf(request)));
