import AWSServer
import AWSWire
import Foundation

/// STS with GetCallerIdentity and AssumeRole, in awsQuery.
///
/// Source: docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. IAM policies aren't evaluated: any role can be assumed.
struct STSService: Sendable {
  private static let namespace = "https://sts.amazonaws.com/doc/2011-06-15/"
  let accountID: String
  let temporary: TemporaryCredentials

  /// - Parameter accessKeyID: of the caller; nil if the request isn't signed.
  func respond(to request: ServerRequest, accessKeyID: String?, requestID: String, now: Date) throws(AWSFault) -> ServerResponse {
    let parameters = request.form.merging(request.query) { inBody, _ in inBody }
    let action = parameters["Action"] ?? ""
    guard parameters["Version"] == "2011-06-15" else { throw Self.unknown(action, parameters["Version"]) }
    let result: String
    switch action {
    case "GetCallerIdentity": result = identity(accessKeyID.flatMap(temporary.grant))
    case "AssumeRole": result = try assumeRole(parameters, now: now)
    default: throw Self.unknown(action, parameters["Version"])
    }
    let xml = """
      <\(action)Response xmlns="\(Self.namespace)">
        <\(action)Result>\(result)</\(action)Result>
        <ResponseMetadata><RequestId>\(requestID)</RequestId></ResponseMetadata>
      </\(action)Response>

      """
    return ServerResponse(status: 200, headers: [("Content-Type", "text/xml")], body: Data(xml.utf8))
  }

  private static func unknown(_ action: String, _ version: String?) -> AWSFault {
    AWSFault(
      code: "InvalidAction",
      message: "Could not find operation \(action.prefix(100)) for version \(version?.prefix(50) ?? "NO_VERSION_SPECIFIED")")
  }

  private func identity(_ grant: TemporaryCredentials.Grant?) -> String {
    Self.elements([
      ("Arn", grant?.arn ?? "arn:aws:iam::\(accountID):user/emulator"), ("UserId", grant?.userID ?? "AIDAEMULATOREMULATOR"),
      ("Account", grant?.account ?? accountID),
    ])
  }

  private func assumeRole(_ parameters: [String: String], now: Date) throws(AWSFault) -> String {
    let name = try required("RoleSessionName", parameters)
    guard (2...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isSessionLetter) else {
      throw Self.violation(name, "roleSessionName", "satisfy regular expression pattern: [\\w+=,.@-]*")
    }
    let text = try required("RoleArn", parameters)
    guard (20...2_048).contains(text.utf8.count) else {
      throw Self.violation(text, "roleArn", "have length greater than or equal to 20")
    }
    guard let role = ARN(text), role.service == "iam", role.resourceType == "role", role.account.utf8.count == 12 else {
      throw AWSFault(code: "ValidationError", message: "\(text.prefix(200)) is invalid")
    }
    let duration = try duration(parameters["DurationSeconds"])
    // The path of a role isn't part of the ARN of its sessions.
    let roleName = role.resourceID.split(separator: "/").last.map(String.init) ?? role.resourceID
    let userID = "AROAEMULATOREMULATOR:\(name)"
    let arn = ARN(
      partition: role.partition, service: "sts", region: "", account: role.account, resource: "assumed-role/\(roleName)/\(name)"
    ).description
    let expires = now.addingTimeInterval(Double(duration))
    let grant = temporary.issue(arn: arn, userID: userID, account: role.account, expires: expires, now: now)
    let credentials = Self.elements([
      ("AccessKeyId", grant.accessKeyID), ("SecretAccessKey", grant.secret), ("SessionToken", grant.sessionToken),
      ("Expiration", expires.ISO8601Format()),
    ])
    let user = Self.elements([("Arn", arn), ("AssumedRoleId", userID)])
    return "<Credentials>\(credentials)</Credentials><AssumedRoleUser>\(user)</AssumedRoleUser>"
  }

  private func required(_ name: String, _ parameters: [String: String]) throws(AWSFault) -> String {
    if let value = parameters[name], !value.isEmpty { return value }
    let member = name.prefix(1).lowercased() + name.dropFirst()
    throw AWSFault(
      code: "ValidationError",
      message: "1 validation error detected: Value at '\(member)' failed to satisfy constraint: Member must not be null")
  }

  /// In seconds: 15 minutes to 12 hours, an hour by default.
  private func duration(_ text: String?) throws(AWSFault) -> Int {
    guard let text else { return 3_600 }
    let seconds = Int(text) ?? 0
    guard seconds >= 900 else {
      throw Self.violation(text, "durationSeconds", "have value greater than or equal to 900")
    }
    guard seconds <= 43_200 else { throw Self.violation(text, "durationSeconds", "have value less than or equal to 43200") }
    return seconds
  }

  private static func violation(_ value: String, _ member: String, _ constraint: String) -> AWSFault {
    AWSFault(
      code: "ValidationError",
      message:
        "1 validation error detected: Value '\(value.prefix(100))' at '\(member)' failed to satisfy constraint: Member must \(constraint)"
    )
  }

  private static func isSessionLetter(_ byte: UInt8) -> Bool {
    byte.isASCIIAlphanumeric || "_+=,.@-".utf8.contains(byte)
  }

  private static func elements(_ pairs: [(name: String, text: String)]) -> String {
    pairs.map { "<\($0.name)>\(ServedService.escape($0.text))</\($0.name)>" }.joined()
  }
}
