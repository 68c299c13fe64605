// How the body of a denied request begins: nginx's own page.

export const denied = '<html>\r\n<head><title>403 Forbidden</title></head>\r\n';
