/** The pages and their addresses. A reload, a bookmark and the back button keep all of an address. */
import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import {
  parseSearch,
  readCitySearch,
  readListSearch,
  readRegionSearch,
  readRunSearch,
  stringifySearch,
} from './address/searchParams.ts';
import { CitiesPage } from './cities/CitiesPage.tsx';
import { CountriesPage } from './places/CountriesPage.tsx';
import { RegionsPage } from './places/RegionsPage.tsx';
import { RunsPage } from './runs/RunsPage.tsx';
import { NotFound } from './shell/NotFound.tsx';
import { PageError } from './shell/PageError.tsx';
import { Shell } from './shell/Shell.tsx';
import { TaskPage } from './tasks/TaskPage.tsx';
import { TasksPage } from './tasks/TasksPage.tsx';

const root = createRootRoute({ component: Shell });
const getParentRoute = () => root;

const routeTree = root.addChildren([
  createRoute({
    getParentRoute,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/cities', search: true, replace: true });
    },
  }),
  createRoute({
    getParentRoute,
    path: 'countries',
    component: CountriesPage,
    validateSearch: readListSearch,
  }),
  createRoute({ getParentRoute, path: 'regions', component: RegionsPage, validateSearch: readRegionSearch }),
  createRoute({ getParentRoute, path: 'cities', component: CitiesPage, validateSearch: readCitySearch }),
  createRoute({ getParentRoute, path: 'tasks', component: TasksPage }),
  createRoute({ getParentRoute, path: 'tasks/$taskId', component: TaskPage }),
  createRoute({ getParentRoute, path: 'runs', component: RunsPage, validateSearch: readRunSearch }),
]);

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultErrorComponent: PageError,
  defaultNotFoundComponent: NotFound,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
