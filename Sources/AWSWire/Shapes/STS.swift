import Foundation

/// The account and the user or role that credentials belong to.
package struct CallerIdentity: Sendable, Equatable {
  package var account: String
  package var arn: String
  package var userID: String
}

/// The parameters with which a role is assumed.
package struct AssumeRoleInput: Sendable, Equatable {
  package var roleARN: String
  /// nil where the caller gives it no name, so that one is made up for each session.
  package var sessionName: String?
  package var externalID: String?
  /// The serial number or ARN of an MFA device.
  package var mfaSerial: String?
  package var durationSeconds: Int?

  package init(roleARN: String) { self.roleARN = roleARN }
}

/// Temporary credentials of a role.
package struct AssumedRole: Sendable, Equatable {
  package var credentials: Credentials
  /// The ARN of the session, which holds its name.
  package var arn: String?
  package var id: String?

  package init(credentials: Credentials, arn: String?, id: String?) {
    (self.credentials, self.arn, self.id) = (credentials, arn, id)
  }
}

/// The STS operations that are called, in awsQuery.
package enum STSAPI {
  package static let wire = WireProtocol.query(version: "2011-06-15")

  package static func getCallerIdentity() -> AWSOperation<CallerIdentity> {
    AWSOperation(
      service: .sts, name: "GetCallerIdentity", wire: wire, request: wire.post(operation: "GetCallerIdentity"),
      decode: { body in
        let result = try XMLReply.read(body).required("GetCallerIdentityResult")
        return CallerIdentity(
          account: try result.required("Account").text, arn: try result.required("Arn").text,
          userID: try result.required("UserId").text)
      })
  }

  /// - Parameter tokenCode: the code that the MFA device shows.
  package static func assumeRole(_ input: AssumeRoleInput, tokenCode: String?) -> AWSOperation<AssumedRole> {
    let form: [(name: String, value: String?)] = [
      ("DurationSeconds", input.durationSeconds.map { "\($0)" }), ("ExternalId", input.externalID),
      ("SerialNumber", input.mfaSerial), ("TokenCode", tokenCode),
    ]
    return assume("AssumeRole", input, form)
  }

  /// - Parameter token: the web identity token. The call isn't signed.
  package static func assumeRoleWithWebIdentity(_ input: AssumeRoleInput, token: String) -> AWSOperation<AssumedRole> {
    var operation = assume("AssumeRoleWithWebIdentity", input, [("WebIdentityToken", token)])
    operation.token = token
    return operation
  }

  private static func assume(
    _ name: String, _ input: AssumeRoleInput, _ more: [(name: String, value: String?)]
  ) -> AWSOperation<AssumedRole> {
    let form = [("RoleArn", input.roleARN), ("RoleSessionName", input.sessionName)] + more
    return AWSOperation(
      service: .sts, name: name, wire: wire,
      request: wire.post(operation: name, form: form.compactMap { pair in pair.1.map { (pair.0, $0) } }),
      decode: { try role(in: try XMLReply.read($0).required("\(name)Result")) })
  }

  private static func role(in result: XMLElement) throws -> AssumedRole {
    let keys = try result.required("Credentials")
    let end = try keys.required("Expiration").text
    guard let expiration = AWSDate.parseISO8601(end) else { throw XMLReply.Refusal(reason: "Expiration is no time") }
    let user = result["AssumedRoleUser"]
    return AssumedRole(
      credentials: Credentials(
        accessKeyID: try keys.required("AccessKeyId").text, secretAccessKey: try keys.required("SecretAccessKey").text,
        sessionToken: try keys.required("SessionToken").text, expiration: expiration),
      arn: user?["Arn"]?.text, id: user?["AssumedRoleId"]?.text)
  }
}
