/** Makes a function that removes a password from a text: as it is, and as AUTH encodes it. */
export function createHider(user: string, password: string): (text: string) => string {
  const forms = [
    password,
    Buffer.from(password).toString('base64'),
    Buffer.from(`\0${user}\0${password}`).toString('base64'),
  ];
  return (text) => forms.reduce((hidden, form) => hidden.replaceAll(form, '***'), text);
}
