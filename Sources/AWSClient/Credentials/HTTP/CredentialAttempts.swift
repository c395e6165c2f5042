import AWSWire
import Foundation
import HTTPTypes

/// Sends a request for credentials until a reply is final or the attempts are used up.
struct CredentialAttempts: Sendable {
  var http: CredentialHTTP
  /// For an AWS service: attempts, at least 1, and the limit of each. The replies are small, and people wait, so the limit is never
  /// longer than ``serviceTimeoutMax``.
  var serviceAttempts = RetryPolicy().maxAttempts
  var serviceTimeout = serviceTimeoutMax
  var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  /// A random number from 0 to 1.
  var jitter: @Sendable () -> Double = { .random(in: 0...1) }

  /// - Parameters:
  ///   - timeout: for each attempt.
  ///   - attempts: at least 1.
  ///   - pause: the time before the next attempt, from the number of those made and the last reply, if there was one.
  ///   - isFinal: whether another attempt would change nothing.
  /// - Returns: the last reply.
  /// - Throws: ``AWSClientError`` (`transport` or `timeout`) if the last attempt got no reply; `CancellationError`.
  func reply(
    to request: AWSHTTPRequest, timeout: Duration, attempts: Int,
    pause: (_ attempt: Int, _ last: AWSHTTPResponse?) -> Duration = { _, _ in .zero },
    isFinal: (AWSHTTPResponse) -> Bool
  ) async throws -> AWSHTTPResponse {
    var attempt = 1
    while true {
      var last: AWSHTTPResponse?
      do {
        let response = try await http.send(request, timeout)
        if attempt >= attempts || isFinal(response) { return response }
        last = response
      } catch let error as AWSClientError where attempt < attempts && [.transport, .timeout].contains(error.code) {
        // The next attempt may get through.
      }
      let time = pause(attempt, last)
      if time > .zero { try await sleep(time) }
      attempt += 1
    }
  }

  private static let serviceTimeoutMax = Duration.seconds(10)

  /// Asks an AWS service, with the retries of the AWS SDKs' standard mode.
  /// - Parameter name: for messages.
  /// - Throws: ``AWSClientError`` (`transport` or `timeout`), which says that this service couldn't be asked, or that something
  ///   else answered in its place.
  func service(_ name: String, _ request: AWSHTTPRequest) async throws -> CredentialReply {
    func failure(_ response: AWSHTTPResponse?) -> RetryPolicy.Failure {
      guard let response else { return .transient }
      guard response.head.status.code >= 400 else { return .permanent }
      return RetryPolicy.classify(
        AWSClientError(.service, "", service: ServiceErrorParser.parse(response, as: .restJSON)))
    }
    let policy = RetryPolicy(maxAttempts: serviceAttempts)
    let response: AWSHTTPResponse
    do {
      response = try await reply(
        to: request, timeout: min(serviceTimeout, Self.serviceTimeoutMax), attempts: policy.maxAttempts,
        pause: { .seconds(policy.delay(after: $0, failure: failure($1), jitter: jitter())) },
        isFinal: { failure($0) == .permanent })
    } catch let error as AWSClientError {
      throw CredentialReply.unreachable(name, request, error)
    }
    guard !(300..<400).contains(response.head.status.code), !AWSClient.isPage(response.body) else {
      throw CredentialReply.elsewhere(name, request, status: response.head.status.code)
    }
    return CredentialReply(response)
  }
}
