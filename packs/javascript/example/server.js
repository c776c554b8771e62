// Answers every request with a greeting, on the port in $PORT or 8080.
const http = require("node:http");

const port = process.env.PORT || 8080;
const server = http.createServer((request, response) => {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.end("Hello, World!\n");
});

server.listen(port);
// The first process of a container only gets signals that it handles.
process.on("SIGTERM", () => server.close(() => process.exit(0)));
