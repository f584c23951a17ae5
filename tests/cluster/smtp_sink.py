"""A mail server of our own that keeps what it is given and can be slow, strict or silent."""

import email
import email.policy
import socketserver
import threading
import time


class SmtpSink(socketserver.ThreadingTCPServer):
    """Accepts letters on a free port of this machine; `letters` are the messages in the order of their arrival."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 50

    def __init__(self, *, delay=0.0, refused=()):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.delay, self.refused = delay, set(refused)
        self.letters = []
        self.connections = 0
        self.letters_a_connection = None  # after so many it hangs up, as servers with a limit do
        self.lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    @property
    def port(self):
        return self.server_address[1]

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def keep(self, data):
        with self.lock:
            self.letters.append(email.message_from_bytes(data, policy=email.policy.default))

    def handle_error(self, request, client_address):
        """A client that was killed in the middle of a sentence is what this server is for."""


class Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        self.server.connections += 1
        taken = 0
        self.say("220 sink.example.org")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if taken == self.server.letters_a_connection:
                return
            if word == b"DATA":
                self.say("354 go on")
                self.receive()
                taken += 1
            elif word == b"RCPT" and any(address.encode() in line for address in self.server.refused):
                self.say("550 nobody here")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 well")

    def receive(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return  # cut off before the end: not a letter
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        time.sleep(self.server.delay)
        self.server.keep(b"".join(lines))
        self.say("250 taken")
