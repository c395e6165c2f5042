import AWSWire
import Foundation

/// Calls STS for temporary credentials, with the endpoint, time-outs and retries of the configuration.
struct STSCaller: Sendable {
  /// Its credentials aren't used.
  var configuration: AWSConfiguration
  var http: CredentialHTTP
  var now: @Sendable () -> Date

  /// - Parameter credentials: those that may assume the role.
  /// - Throws: ``AWSClientError``: `credentials` for a refusal of STS's, `transport` or `timeout`; `CancellationError`.
  func assumeRole(_ input: AssumeRoleInput, tokenCode: String?, as credentials: Credentials) async throws -> AssumedRole {
    try await call(STSAPI.assumeRole(input, tokenCode: tokenCode), as: StaticCredentialProvider(credentials))
  }

  /// - Parameter token: the web identity token, which is proof enough: the call isn't signed.
  func assumeRole(_ input: AssumeRoleInput, webIdentityToken token: String) async throws -> AssumedRole {
    try await call(STSAPI.assumeRoleWithWebIdentity(input, token: token), as: CredentialProviderChain(links: [], trail: .init()))
  }

  private func call(_ operation: AWSOperation<AssumedRole>, as provider: any CredentialProvider) async throws -> AssumedRole {
    var configuration = configuration
    configuration.credentials = provider
    (configuration.bedrockAPIKey, configuration.trail) = (nil, nil)
    // STS answers in every Region for every role of the partition.
    if configuration.region.isEmpty { configuration.region = "us-east-1" }
    do {
      return try await AWSClient(configuration: configuration, transport: Transport(http: http), now: now).call(operation)
    } catch var error as AWSClientError {
      // An endpoint for one command isn't STS's.
      error.parameters.removeAll { $0 == "endpointURL" }
      guard error.code == .service || error.code == .response else { throw error }
      // To callers, it is credentials that are missing, and not the service that they meant to call that denies something.
      error.code = .credentials
      // What may pass is tried again, as a failure of the called service is.
      if RetryPolicy.classify(error) == .permanent { error.service = nil }
      throw error
    }
  }

  private struct Transport: HTTPTransport {
    let http: CredentialHTTP

    func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
      try await http.send(request, timeout)
    }
  }
}
