import AWSServer
import Foundation

/// STS with GetCallerIdentity, in awsQuery.
struct STSService: Sendable {
  let accountID: String

  func respond(to request: ServerRequest, requestID: String) throws(AWSFault) -> ServerResponse {
    let parameters = request.form.merging(request.query) { inBody, _ in inBody }
    let action = parameters["Action"] ?? ""
    guard action == "GetCallerIdentity", parameters["Version"] == "2011-06-15" else {
      throw AWSFault(
        code: "InvalidAction",
        message: "Could not find operation \(action) for version \(parameters["Version"] ?? "NO_VERSION_SPECIFIED")")
    }
    let accountID = ServedService.escape(accountID)
    let xml = """
      <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <GetCallerIdentityResult>
          <Arn>arn:aws:iam::\(accountID):user/emulator</Arn>
          <UserId>AIDAEMULATOREMULATOR</UserId>
          <Account>\(accountID)</Account>
        </GetCallerIdentityResult>
        <ResponseMetadata>
          <RequestId>\(requestID)</RequestId>
        </ResponseMetadata>
      </GetCallerIdentityResponse>

      """
    return ServerResponse(status: 200, headers: [("Content-Type", "text/xml")], body: Data(xml.utf8))
  }
}
