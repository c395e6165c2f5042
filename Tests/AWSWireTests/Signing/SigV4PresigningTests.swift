import AWSWire
import Foundation
import Testing

/// Signatures in URLs that we make ourselves. The expected ones are those of botocore 1.43.11, `RequestSigner.generate_presigned_url`.
struct SigV4PresigningTests {
  private static let date = Date(timeIntervalSince1970: 1_440_938_160)  // 2015-08-30T12:36:00Z

  private func presign(
    token: String? = nil, region: String, service: String, host: String, _ parameters: [(name: String, value: String)]
  ) -> String {
    let keys = Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: token)
    return SigV4(credentials: keys, region: region, service: service).presign(
      method: "GET", host: host, path: "/", parameters: parameters, expires: 900, date: Self.date)
  }

  @Test func aUserOfACache() {
    let target = presign(
      region: "us-east-1", service: "elasticache", host: "my-cache",
      [(name: "Action", value: "connect"), (name: "User", value: "bedquota")])
    #expect(
      target
        == "/?Action=connect&User=bedquota&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Felasticache%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=e924150820ccdaa03547deecd4f566e21d0f5ceadf22673c2b6d82dc85d7c419"
    )
  }

  @Test func temporaryCredentialsAndTextThatIsEncoded() {
    let target = presign(
      token: "to+ken/=", region: "eu-west-1", service: "elasticache", host: "my-cache",
      [
        (name: "Action", value: "connect"), (name: "User", value: "bed quota/é"),
        (name: "ResourceType", value: "ServerlessCache"),
      ])
    #expect(
      target
        == "/?Action=connect&User=bed%20quota%2F%C3%A9&ResourceType=ServerlessCache&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Feu-west-1%2Felasticache%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Security-Token=to%2Bken%2F%3D&X-Amz-Signature=239da42b62a598dddd8b0602bcc956076dcf4169cafe49d1d06e756f44621416"
    )
  }

  @Test func whatWeSignVerifies() throws {
    let target = presign(
      region: "us-east-1", service: "memorydb", host: "my-cluster",
      [(name: "Action", value: "connect"), (name: "User", value: "bedquota")])
    let query = try #require(SigV4Query(target: target))
    #expect(query.expires == 900 && query.authorization.service == "memorydb" && query.authorization.signedHeaders == ["host"])
    func verify(host: String) -> Bool {
      query.authorization.verify(
        key: SigV4.SigningKey(secret: "secret", day: "20150830", region: "us-east-1", service: "memorydb"), method: "GET",
        target: query.signedTarget, headers: [("host", host)], body: Data(), stamp: query.stamp)
    }
    #expect(verify(host: "my-cluster") && !verify(host: "my-other-cluster"))
  }
}
