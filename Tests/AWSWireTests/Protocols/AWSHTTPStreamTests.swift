import AWSWire
import Foundation
import HTTPTypes
import Synchronization
import Testing

struct AWSHTTPStreamTests {
  private func stream(_ pieces: [[UInt8]]) -> AWSHTTPStream {
    let rest = Mutex(pieces[...])
    return AWSHTTPStream(head: HTTPResponse(status: .ok)) { rest.withLock { $0.popFirst() } }
  }

  @Test func theBodyIsReadToItsEnd() async throws {
    #expect(try await stream([[1, 2], [3]]).whole(max: 3) == Data([1, 2, 3]))
  }

  @Test func aBodyOverTheLimitIsAnError() async throws {
    let error = try await #require(throws: AWSClientError.self) { try await stream([[1, 2], [3]]).whole(max: 2) }
    #expect(error.code == .response)
  }

  @Test func aSecondReaderGetsAnErrorNotAnEarlyEnd() async throws {
    let stream = stream([[1], [2]])
    let first = stream.body.makeAsyncIterator()
    #expect(try await first.next() == [1])
    let second = stream.body.makeAsyncIterator()
    await #expect(throws: AWSClientError.self) { try await second.next() }
    #expect(try await first.next() == [2])
    #expect(try await first.next() == nil)
    await #expect(throws: AWSClientError.self) { try await stream.whole(max: 10) }
  }
}
