// Small settings of the page that a browser keeps, and a query that one view leaves for another.

/** Return a setting; the default if there is none, or the browser keeps none. */
export const kept = (name, otherwise) => {
  try {
    return localStorage.getItem(`mock_s3vectors ${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
};

/** Keep a setting, if the browser does. */
export const keep = (name, value) => {
  try {
    localStorage.setItem(`mock_s3vectors ${name}`, value);
  } catch {
    // It holds until the page is closed.
  }
};

const QUERY = "mock_s3vectors.query";

/** Leave a query that has no key for another view of this tab. */
export const leaveQuery = (query) => sessionStorage.setItem(QUERY, JSON.stringify(query));

/** Return the query that was left last; null if there is none. */
export const leftQuery = () => JSON.parse(sessionStorage.getItem(QUERY) ?? "null");
