import AWSWire
import Foundation
import HTTPTypes

extension AWSClient {
  /// Turns an error reply of AWS into a sentence that says what to do.
  /// - Parameter added: the correction of the clock with which the request was signed.
  func explain<Output>(
    _ response: AWSHTTPResponse, as identity: AWSIdentity, operation: AWSOperation<Output>, region: String, added: Double
  ) -> AWSClientError {
    let raw = ServiceErrorParser.parse(response, as: operation.wire)
    let service = raw.hiding(identity)
    let detail = service.message.isEmpty ? "" : ": \(service.message)"
    let code = service.code == "Unknown" ? "HTTP \(service.status)" : "\(service.code) (HTTP \(service.status))"
    let failure = "\(operation.name) in \(region) failed with \(code)\(detail)"
    var error = AWSClientError(.service, failure, operation: operation.name, service: service)
    error.retryAfter = RetryAfter.delay(response.head.headerFields, now: now().addingTimeInterval(added))
    let endpoint = configuration.endpoints.endpoint(for: operation.service, region: region)
    if let redirection = Self.redirection(response, of: "\(operation.name) in \(region)", at: endpoint) {
      (error.message, error.parameters, error.explains) = (redirection, ["endpointURL"], true)
      return error
    }
    // A short secret may be a part of a code.
    switch raw.code {
    case "Unknown" where Self.isPage(response.body):
      error.message =
        "\(operation.name) in \(region) got HTTP \(service.status) with a page of HTML, which AWS doesn't send; a proxy or firewall seems to have answered. Check the endpoint and the network."
      error.parameters = ["endpointURL"]
    case let code where AWSClientError.deniedCodes.contains(code):
      error.message = Self.denial(service.message, action: operation.iamAction, region: region) + detail
      if !error.message.hasSuffix(".") { error.message += "." }
      error.explains = true
    case let code where Self.refusedSignatureCodes.contains(code):
      error.message = "\(operation.name) in \(region): \(signatureProblem(raw, response, added: added))"
      error.explains = true
    case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId":
      error.message =
        endpoint.isAWS
        ? "AWS does not know this access key (\(service.code)); check the credentials and that the Region \(region) is enabled for the account."
        : "\(endpoint.authority) does not know this access key, or has nothing in \(region) (\(service.code)\(detail)); check the credentials and the Region."
      if !endpoint.isAWS { error.parameters = ["region"] }
    case "ExpiredToken", "ExpiredTokenException":
      error.message = "The session token has expired (\(service.code)); sign in again."
    case "ValidationException" where service.message.contains("model identifier is invalid"): error.remedy = .listModels
    case "model_not_found", "not_found_error":
      error.message +=
        "\(failure.hasSuffix(".") ? "" : ".") \(service.requestID.map { "Request id \($0). " } ?? "")Try another API."
      error.parameters = ["api"]
    case "NoSuchResourceException" where operation.service == .serviceQuotas && operation.name.hasPrefix("List"):
      error.message =
        endpoint.isAWS
        ? "Service Quotas lists no Bedrock quotas in \(region); Bedrock seems not to be offered there."
        : "\(endpoint.authority) has no Bedrock quotas in \(region); name a Region that it serves."
      error.parameters = ["region"]
    default:
      if !failure.hasSuffix(".") { error.message += "." }
      if let id = service.requestID { error.message += " Request id \(id)." }
    }
    return error
  }

  /// Whether a body is HTML, in which AWS never answers.
  static func isPage(_ body: Data) -> Bool {
    let start = String(decoding: body.prefix(512), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
    return start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
  }

  private func signatureProblem(_ service: AWSClientError.Service, _ response: AWSHTTPResponse, added: Double) -> String {
    var skew = skew(in: service, response, added: added)
    // People set the clock, not what was signed.
    skew?.seconds -= added
    guard skew != nil || ClockSkew.isAboutTime(service) else {
      return "the signature was refused (\(service.code)). Check the secret access key of your credentials."
    }
    let clock = skew.map { "is \($0.words) AWS's" } ?? "differs from AWS's by more than it allows"
    return
      "the time of the request was refused (\(service.code)), because this machine's clock \(clock). Set the clock and try again."
  }
}

extension AWSClientError {
  /// The same error with the number of attempts in its message.
  func after(attempts: Int) -> AWSClientError {
    var copy = self
    copy.message = "After \(attempts) attempts: \(copy.message)"
    return copy
  }
}
