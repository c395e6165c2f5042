import Testing

@testable import AWSClient

/// How many connections fit the files that the system gives.
struct FileLimitTests {
  @Test(arguments: [(4_096, 1_024), (1_024, 720), (256, 144), (64, 24), (8, 3), (2, 1), (0, 1)])
  func connections(files: Int, connections: Int) {
    #expect(FileLimit.connections(files: files, wanted: 1_024) == connections)
  }

  @Test func theLimitIsKnown() { #expect(FileLimit.raise() > 0) }
}
