import AWSWire
import Foundation
import HTTPTypes

/// Keys of a container's role, from the endpoint of Amazon ECS, EKS Pod Identity or whatever else the environment names.
struct ContainerCredentialProvider: CredentialProvider, Redacted {
  private static let timeout = Duration.seconds(2)
  private static let attemptsMax = 3
  private static let pause = Duration.seconds(1)

  let environment: [String: String]
  var attempts: CredentialAttempts

  /// The provider of an environment; nil if it names no endpoint.
  static func configured(environment: [String: String], http: CredentialHTTP = .direct) -> ContainerCredentialProvider? {
    guard ContainerEndpoint.isConfigured(environment) else { return nil }
    return ContainerCredentialProvider(environment: environment, attempts: CredentialAttempts(http: http))
  }

  /// - Throws: ``AWSClientError``: `configuration` for an address or a token that can't be used; `credentials` if the endpoint
  ///   gives none; `transport` or `timeout` if it can't be reached.
  func credentials() async throws -> Credentials? {
    let place = try ContainerEndpoint(environment)
    let token = try ContainerEndpoint.token(environment) { path in
      (try? SmallFile.contents(of: path, bytesMax: 65_536)).flatMap { String(data: $0, encoding: .utf8) }
    }
    let request = AWSHTTPRequest.unsigned(
      place.target, at: place.endpoint,
      headers: [("Accept", "application/json")] + (token.map { [("Authorization", $0)] } ?? []))
    let response: AWSHTTPResponse
    do {
      response = try await attempts.reply(
        to: request, timeout: Self.timeout, attempts: Self.attemptsMax, pause: { _, _ in Self.pause },
        isFinal: { $0.head.status == .ok && CredentialReply($0).object != nil })
    } catch let error as AWSClientError {
      guard [.transport, .timeout].contains(error.code) else {
        throw CredentialReply.unreachable("The container's credential endpoint", request, error)
      }
      // The transport's own advice is for AWS's services.
      var failure = AWSClientError(
        error.code,
        "The container's credential endpoint (\(place.endpoint.authority)) gave no reply; check what runs there, or unset \(place.setting) if this is no container.",
        underlying: error)
      failure.delivery = error.delivery
      throw failure
    }
    let reply = CredentialReply(response)
    guard reply.status == 200, let end = reply.object?["Expiration"]?.string.flatMap(AWSDate.parseISO8601),
      let keys = CredentialReply.credentials(in: reply.object, .local, expiration: end)
    else {
      let message = "The container's credential endpoint (\(place.endpoint.authority)) gave no keys (\(reply.outcome)); "
      guard !reply.isTransient else { throw reply.unavailable(message + "try again.") }
      throw AWSClientError(.credentials, message + "check the role of the task or pod, and its token.")
    }
    return keys
  }
}
