import AWSWire
import Foundation
import HTTPTypes
import Synchronization

/// STS with a clock that a test sets: it gives credentials of an hour whose key names the session, or refuses.
final class RecordingSTS: HTTPTransport {
  struct Call: Sendable, Equatable {
    var session: String
    var role: String
    var externalID: String?
    var seconds: String?
  }

  private struct State {
    var now = Date(timeIntervalSince1970: 1_800_000_000)
    var calls: [Call] = []
    var isDenied = false
  }

  private let state = Mutex(State())

  var now: Date { state.withLock { $0.now } }
  var calls: [Call] { state.withLock { $0.calls } }
  func advance(seconds: Double) { state.withLock { $0.now += seconds } }
  func set(isDenied: Bool) { state.withLock { $0.isDenied = isDenied } }

  func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
    var form = URLComponents()
    form.percentEncodedQuery = String(decoding: request.body, as: UTF8.self)
    func value(_ name: String) -> String? { form.queryItems?.first { $0.name == name }?.value }
    let call = Call(
      session: value("RoleSessionName") ?? "", role: value("RoleArn") ?? "", externalID: value("ExternalId"),
      seconds: value("DurationSeconds"))
    let (number, now, isDenied) = state.withLock { state in
      state.calls.append(call)
      return (state.calls.count, state.now, state.isDenied)
    }
    // Others ask meanwhile.
    await Task.yield()
    let body =
      isDenied
      ? "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>"
      : """
      <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA-\(call.session)-\(number)</AccessKeyId>\
      <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
      <Expiration>\(AWSDate.iso8601(Int(now.timeIntervalSince1970) + 3_600))</Expiration></Credentials></AssumeRoleResult>\
      </AssumeRoleResponse>
      """
    return AWSHTTPResponse(head: HTTPResponse(status: isDenied ? .forbidden : .ok), body: Data(body.utf8))
  }
}
