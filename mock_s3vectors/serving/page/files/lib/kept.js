// Small settings of the page that a browser keeps.

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
