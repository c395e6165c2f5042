import AWSWire
import Bedquota
import Testing

@testable import Gateway

@Suite struct HomeRegionTests {
  @Test func theOwnRegionIsOneOfThoseConfigured() throws {
    var configuration = GatewayConfiguration()
    try configuration.check(home: "eu-west-1")
    configuration.accounts = [.init(regions: ["us-east-1", "us-west-2"])]
    try configuration.check(home: "us-west-2")
    let error = #expect(throws: AWSClientError.self) { try configuration.check(home: "eu-west-1") }
    #expect(error?.code == .region)
    #expect(error?.message.contains("us-east-1, us-west-2, not to eu-west-1") == true)
  }
}
