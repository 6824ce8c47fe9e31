export function connect() {
  throw new Error("a page can't connect to servers");
}
export const createSecureContext = () => ({});
export default { connect, createSecureContext };
