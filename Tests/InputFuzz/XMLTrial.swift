import AWSWire
import AdmissionSimulation
import Foundation
import HTTPTypes

/// Mutated replies and errors of STS, the only service whose replies are XML.
struct XMLTrial: FuzzTrial {
  private static let identity = """
    <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
      <GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/a</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult>
      <ResponseMetadata><RequestId>5ac9876d</RequestId></ResponseMetadata>
    </GetCallerIdentityResponse>
    """
  private static let role = """
    <?xml version="1.0" encoding="UTF-8"?><AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
    <AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/r/x</Arn></AssumedRoleUser>
    <Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t&#47;=</SessionToken>
    <Expiration>2026-11-29T10:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
    """
  private static let failure = """
    <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
    <Message>User &quot;a&quot; is not authorized</Message></Error><RequestId>5ac9876d</RequestId></ErrorResponse>
    """
  private static let oddities = [
    "<", ">", "&", "&#xD800;", "&#0;", "&amp;", "<![CDATA[x]]>", "<!--x-->", "<?x?>", "<!DOCTYPE x>", " xmlns:a=\"b\"", "a:",
    "\u{0}",
    "<a>", "</a>", "<a/>", "é", "\u{FFFE}", #"<?xml version="1.0" encoding="utf-16"?>"#,
    #"<?xml version="1.1" encoding="latin1"?>"#,
  ]

  private var read = 0
  private var refused = 0

  var summary: String { "\(read) read, \(refused) refused" }

  mutating func run(_ random: inout Random) async throws -> String? {
    for text in [Self.identity, Self.role, Self.failure] {
      var bytes = Array(text.utf8)
      for _ in 0...random.below(3) {
        if random.chance(0.6) {
          Mutator.damage(&bytes, &random)
        } else {
          bytes.insert(contentsOf: random.pick(Self.oddities).utf8, at: random.below(bytes.count + 1))
        }
      }
      let body = Data(bytes)
      let isRead = [
        (try? STSAPI.getCallerIdentity().decode(body)) != nil,
        (try? STSAPI.assumeRole(AssumeRoleInput(roleARN: "r"), tokenCode: nil).decode(body)) != nil,
      ]
      if isRead.contains(true) { read += 1 } else { refused += 1 }
      let error = ServiceErrorParser.parse(AWSHTTPResponse(head: .init(status: .forbidden), body: body), as: STSAPI.wire)
      if error.status != 403 { return "a status of \(error.status)" }
      if bytes.isEmpty { return nil }
    }
    return nil
  }
}
