import Command
import Testing

@testable import Remote

/// A watched record waits for a server that does not answer, but not after a refusal.
@Test(
  arguments: [
    (
      "kube:draft", "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?",
      1, true
    ),
    ("kube:draft", "Unable to connect to the server: net/http: TLS handshake timeout", 1, true),
    (
      "kube:draft", "Unable to connect to the server: dial tcp: lookup k8s.example on 10.0.0.2:53: no such host", 1,
      true
    ),
    (
      "kube:draft",
      "Error from server (Forbidden): deployments.apps \"draftd\" is forbidden: User \"ben\" cannot get resource", 1,
      false
    ),
    ("kube:draft", "error: You must be logged in to the server (Unauthorized)", 1, false),
    ("kube:draft", "the login plugin 'aws' says: run: aws sso login", 1, false),
    ("kube:draft", "Error from server (NotFound): deployments.apps \"draftd\" not found", 1, false),
    ("ssh://there", "ssh: connect to host there port 22: Connection refused", 255, true),
    ("ssh://there", "me@there: Permission denied (publickey,password).", 255, false),
    ("ssh://there", "Host key verification failed.", 255, false),
    ("ssh://there", "bash: line 1: draft: command not found", 127, false),
    ("local", "cannot connect: connection refused", 1, false)
  ] as [(String, String, Int32, Bool)])
func whoIsAway(_ place: String, _ said: String, _ status: Int32, _ isAway: Bool) {
  #expect(Patience.isAway(RemoteError.unreachable(target: place, said: said, status: status)) == isAway)
}

@Test func existingServicesAreAvailable() {
  #expect(!Patience.isAway(RemoteError.lost(target: "kube:draft", said: "connection refused")))
  #expect(!Patience.isAway(RemoteError.noServer(namespace: "draft", context: "here")))
}
