package import AWSWire
import Foundation
import HTTPTypes
import Synchronization

/// Answers requests from a script and records them.
package final class ScriptedTransport: HTTPTransport {
  package enum Step: Sendable {
    case reply(status: Int, headers: [String: String] = [:], body: String)
    case failure(AWSClientError)
  }

  private struct State {
    var steps: [Step]
    var requests: [AWSHTTPRequest] = []
  }

  private let state: Mutex<State>

  package init(_ steps: [Step]) { state = Mutex(State(steps: steps)) }

  package var requests: [AWSHTTPRequest] { state.withLock { $0.requests } }

  package func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
    let step = state.withLock { state -> Step? in
      state.requests.append(request)
      return state.steps.isEmpty ? nil : state.steps.removeFirst()
    }
    switch step {
    case .reply(let status, let headers, let body):
      var fields = HTTPFields()
      for (name, value) in headers { fields[HTTPField.Name(name)!] = value }
      return AWSHTTPResponse(head: HTTPResponse(status: .init(code: status), headerFields: fields), body: Data(body.utf8))
    case .failure(let error): throw error
    case nil: throw AWSClientError(.transport, "The script has no step left.")
    }
  }
}
