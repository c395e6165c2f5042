import AWSWire
import Testing

struct ARNTests {
  @Test(arguments: [
    (
      "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
      ["aws", "bedrock", "us-east-1", "", "foundation-model", "amazon.nova-lite-v1:0"]
    ),
    (
      "arn:aws-us-gov:servicequotas:us-gov-west-1:123456789012:bedrock/L-1234ABCD",
      ["aws-us-gov", "servicequotas", "us-gov-west-1", "123456789012", "bedrock", "L-1234ABCD"]
    ),
    ("arn:aws:iam::123456789012:role/team/reader", ["aws", "iam", "", "123456789012", "role", "team/reader"]),
    (
      "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:high", ["aws", "cloudwatch", "eu-west-1", "123456789012", "alarm", "high"]
    ),
  ])
  func partsAreFound(text: String, parts: [String]) throws {
    let arn = try #require(ARN(text))
    #expect([arn.partition, arn.service, arn.region, arn.account, arn.resourceType ?? "", arn.resourceID] == parts)
    #expect(arn.description == text)
  }

  @Test func aResourceMayHaveNoType() throws {
    let arn = try #require(ARN("arn:aws:sns:us-east-1:123456789012:topic"))
    #expect(arn.resourceType == nil && arn.resourceID == "topic")
  }

  @Test(arguments: [
    "", "arn", "amazon.nova-lite-v1:0", "arn:aws:bedrock:us-east-1:123456789012", "arn:aws:bedrock:us-east-1:123456789012:",
    "arn::bedrock:us-east-1::x", "arn:aws::us-east-1::x", "ARN:aws:bedrock:us-east-1::x", " arn:aws:bedrock:us-east-1::x",
  ])
  func otherTextsAreNotARNs(text: String) { #expect(ARN(text) == nil) }
}
