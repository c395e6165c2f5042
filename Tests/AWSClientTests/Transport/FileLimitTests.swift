import Testing

@testable import AWSClient

/// How many connections fit the files that the system gives.
struct FileLimitTests {
  @Test(arguments: [(4_096, 1_024), (1_024, 720), (256, 144), (64, 24), (8, 3), (2, 1), (0, 1)])
  func connections(files: Int, connections: Int) {
    #expect(FileLimit.connections(files: files, wanted: 1_024) == connections)
  }

  /// files, of clients, to AWS
  @Test(arguments: [(20_000, 14_594, 4_096), (65_536, 57_284, 4_096), (1_024, 660, 240), (256, 132, 48), (2, 1, 1)])
  func aGatewaysConnectionsFitTheLimit(files: Int, clients: Int, upstream: Int) {
    #expect(FileLimit.gateway(files: files) == (clients, upstream))
    #expect(files < 8 || clients + upstream < files)
  }

  @Test func theLimitIsKnown() { #expect(FileLimit.raise() > 0) }
}
