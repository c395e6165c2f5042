import AWSClient
import AWSWire
import Testing

struct ConfigFileTests {
  @Test func everythingTheFormatAllows() throws {
    let file = try ConfigFile(
      """
      # a comment
      [default]
      region = us-east-1   # no comment
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
      """, path: "config")
    #expect(file.sections["default"] == ["region": "us-east-1   # no comment", "aws_secret_access_key": "a#b;c=d"])
    #expect(file.profiles["my team"]?["region"] == "eu-west-1")
    #expect(file.profiles["my team"]?["s3.max_concurrent_requests"] == "10")
    #expect(file.profiles["my team"]?["endpoint_url"] == "http://127.0.0.1:1")
    #expect(file.sections["services local"]?["service_quotas.endpoint_url"] == "http://127.0.0.1:2")
    #expect(file.sections["services local"]?["bedrock.endpoint_url"] == "http://127.0.0.1:3/base/")
  }

  @Test(arguments: [
    ("[default\n", 1), ("[default]\n\nregion\n", 3), ("region = x\n", 1), ("[]\n", 1), ("[a]\n= b\n", 2),
    ("[a]\n[b]\n[a]\n", 3), ("[a]\nx = 1\nX = 2\n", 3), ("[a]\ns3 =\n  x = 1\n  y\n", 4), ("[a]\n[b] [c]\n", 2),
    ("\u{FEFF}[a]\n", 1),
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
