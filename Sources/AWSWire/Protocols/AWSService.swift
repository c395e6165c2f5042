/// An AWS service, with the names that its endpoints, signatures, permissions and settings use.
package struct AWSService: Sendable, Hashable {
  /// The first label of the endpoint's host name.
  package let endpointPrefix: String
  /// The name in the signature's credential scope.
  package let signingName: String
  /// The part of an IAM action before the colon.
  package let iamPrefix: String
  /// The service id of `AWS_ENDPOINT_URL_<ID>` and of a profile's `services` section, in lower case.
  package let settingName: String
  let govCloudFIPS: GovCloudFIPS
  /// Whether the service has dual-stack hosts only, with IPv4 and IPv6 addresses.
  let isDualStackOnly: Bool

  /// The names of FIPS endpoints in GovCloud, where all endpoints are validated.
  enum GovCloudFIPS: Sendable, Hashable {
    /// With `-fips`, as everywhere else.
    case suffixed
    /// The same as without FIPS, but for endpoints with IPv6 addresses.
    case plainUnlessDualStack
    /// The same as without FIPS.
    case plain
  }

  private init(
    _ name: String, endpointPrefix: String? = nil, signingName: String? = nil, settingName: String? = nil,
    govCloudFIPS: GovCloudFIPS = .suffixed, isDualStackOnly: Bool = false
  ) {
    self.endpointPrefix = endpointPrefix ?? name
    self.signingName = signingName ?? name
    iamPrefix = name
    self.settingName = settingName ?? name
    self.govCloudFIPS = govCloudFIPS
    self.isDualStackOnly = isDualStackOnly
  }

  package static let serviceQuotas = AWSService(
    "servicequotas", settingName: "service_quotas", govCloudFIPS: .plainUnlessDualStack)
  package static let bedrock = AWSService("bedrock")
  package static let cloudWatch = AWSService(
    "cloudwatch", endpointPrefix: "monitoring", signingName: "monitoring", govCloudFIPS: .plain)
  package static let sts = AWSService("sts", govCloudFIPS: .plainUnlessDualStack)
  package static let bedrockRuntime = AWSService("bedrock", endpointPrefix: "bedrock-runtime", settingName: "bedrock_runtime")
  /// The endpoint beside bedrock-runtime, with quotas and permissions of its own.
  ///
  /// Source: docs.aws.amazon.com/bedrock/latest/userguide/endpoints.html (`bedrock-mantle.{region}.api.aws`). No AWS SDK has it,
  /// so the name of its setting is ours.
  package static let bedrockMantle = AWSService("bedrock-mantle", settingName: "bedrock_mantle", isDualStackOnly: true)
  /// IAM Identity Center's access portal.
  package static let sso = AWSService("sso", endpointPrefix: "portal.sso", govCloudFIPS: .plainUnlessDualStack)
  package static let ssoOIDC = AWSService(
    "sso-oauth", endpointPrefix: "oidc", settingName: "sso_oidc", govCloudFIPS: .plainUnlessDualStack)
  package static let signIn = AWSService("signin")
  /// The table of a fleet's store.
  package static let dynamoDB = AWSService("dynamodb", govCloudFIPS: .plainUnlessDualStack)
  package static let all = [
    serviceQuotas, bedrock, bedrockRuntime, bedrockMantle, cloudWatch, sts, sso, ssoOIDC, signIn, dynamoDB,
  ]
}
