import Testing

@testable import Podman

/// /proc/net/tcp and tcp6 of a container, as Linux 6.1 writes them.
private let four = """
    sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
     0: 00000000:2382 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4026 1 0000000000000000 100 0 0 10 0
     1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4027 1 0000000000000000 100 0 0 10 0
     2: 0100007F:0CEA 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 4028 1 0000000000000000 20 4 30 10 -1
  """
private let six = """
    sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid
     0: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0
     1: 00000000000000000000000001000000:0BB9 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0
     2: 0000000000000000FFFF00000100007F:0BBA 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0
  """

@Test func listeningPorts() {
  let sockets = Listening(parsing: [four, six]).sockets
  #expect(sockets.map(\.port) == [3000, 3001, 3002, 8080, 9090])
  #expect(sockets.filter(\.isLoopback).map(\.port) == [3001, 3002, 8080])
}

@Test(arguments: [
  (8080, [8080], "it listens on 127.0.0.1 only; listen on 0.0.0.0 to be reachable"),
  (80, [80, 3000, 3001, 3002, 8080], "it listens on 9090; the chart says 80"), (9090, [9090], nil)
]) func whereInstead(port: Int, declared: [Int], words: String?) {
  #expect(Listening(parsing: [four, six]).instead(of: port, declared: declared) == words)
}

@Test func nothingListens() {
  #expect(Listening(parsing: ["garbage 0A", "1: x:y z 0A"]).instead(of: 80, declared: [80]) == nil)
}
