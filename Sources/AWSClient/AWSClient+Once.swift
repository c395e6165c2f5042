package import AWSWire
package import Foundation
import HTTPTypes

extension AWSClient {
  /// Bytes of the largest reply of a model that is read.
  package static let replyBytesMax = 64 * 1_024 * 1_024

  /// Calls once, without retries: whether and when to try again is the caller's decision.
  /// - Throws: ``AWSClientError``; `CancellationError` where the task was cancelled.
  package func callOnce<Output>(_ operation: AWSOperation<Output>, timeout: Duration? = nil) async throws -> (
    head: AWSHTTPStream, body: Data
  ) {
    let stream = try await open(operation, timeout: timeout)
    return (stream, try await stream.whole(max: Self.replyBytesMax))
  }

  /// Calls once, and gives the reply as soon as it begins.
  /// - Parameter timeout: for its beginning, where that is less than the configuration's.
  package func open<Output>(_ operation: AWSOperation<Output>, timeout: Duration? = nil) async throws -> AWSHTTPStream {
    let region = try configuration.requireRegion()
    let identity = try await identity(for: operation)
    let patience = timeout.map { min($0, configuration.timeout) } ?? configuration.timeout
    let stream = try await transport.stream(signed(operation, as: identity, region: region), timeout: patience)
    log(operation, region, stream.head, bytes: 0, attempt: 1)
    guard (200..<300).contains(stream.head.status.code) else {
      let response = AWSHTTPResponse(head: stream.head, body: try await stream.whole(max: 1 << 20))
      throw explain(
        ServiceErrorParser.parse(response, as: operation.wire).hiding(identity), response: response, operation: operation,
        region: region)
    }
    return stream
  }
}
