import AWSClient
import AWSWire
import Testing

struct ConfigFileTests {
  @Test func everythingTheFormatAllows() throws {
    let file = try ConfigFile(
      """
      \u{FEFF}# a comment
      [default]
      region = us-east-1   # behind white space, a comment
      aws_secret_access_key = a#b;c=d

      [profile  "my team"]
      REGION=eu-west-1
      services = local
      s3 =
        max_concurrent_requests = 10
      endpoint_url = http://127.0.0.1:1
      [services local]
      service_quotas =
        endpoint_url = http://127.0.0.1:2
      bedrock =
          endpoint_url=http://127.0.0.1:3/base/
      [default]
      output = json
      """, path: "config")
    #expect(file.sections["default"] == ["region": "us-east-1", "aws_secret_access_key": "a#b;c=d", "output": "json"])
    #expect(file.sections["profile my team"]?["region"] == "eu-west-1")
    #expect(file.sections["profile my team"]?["s3.max_concurrent_requests"] == "10")
    #expect(file.sections["profile my team"]?["endpoint_url"] == "http://127.0.0.1:1")
    #expect(file.sections["services local"]?["service_quotas.endpoint_url"] == "http://127.0.0.1:2")
    #expect(file.sections["services local"]?["bedrock.endpoint_url"] == "http://127.0.0.1:3/base/")
  }

  @Test(arguments: [
    ("[default\n", 1), ("[default]\n\nregion\n", 3), ("region = x\n", 1), ("[ ]\n", 1), ("[a]\n= b\n", 2),
  ])
  func aBrokenLineIsNamed(text: String, line: Int) throws {
    let error = try #require(throws: AWSClientError.self) { try ConfigFile(text, path: "/x/config") }
    #expect(error.code == .configuration)
    #expect(error.message.hasPrefix("/x/config, line \(line): "))
  }

  @Test func carriageReturnsAreWhiteSpace() throws {
    let file = try ConfigFile("[default]\r\nregion = us-east-1\r\noutput=json\r\n", path: "config")
    #expect(file.sections["default"] == ["region": "us-east-1", "output": "json"])
  }
}
