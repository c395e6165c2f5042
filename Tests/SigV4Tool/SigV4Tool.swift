import AWSClient
import AWSWire
import Foundation

/// Signs requests from stdin for the Python tests, which compare the signatures with botocore's. JSON lines in and out. With
/// `endpoints`, it prints the hosts of services, and with `proxies` the proxies for URLs, for the same purpose.
@main
struct SigV4Tool {
  private struct Input: Decodable {
    var method: String
    var url: String
    var headers: [[String]]
    var body: Data
    var region: String
    var service: String
    var accessKey: String
    var secretKey: String
    var sessionToken: String?
    var date: String
    var normalizePath: Bool
    var doubleEncode: Bool
  }

  private struct Output: Encodable {
    var headers: [[String]]
    var authorization: String
  }

  /// Prints the host of each service for the Regions on stdin, with all variants: service, Region, FIPS, dual stack, host.
  private static func printEndpoints() {
    while let region = readLine() {
      for service in AWSService.all {
        for fips in [false, true] {
          for dualStack in [false, true] {
            let host = EndpointVariant(usesFIPS: fips, usesDualStack: dualStack).host(of: service, region: region)
            print(service.settingName, region, fips, dualStack, host)
          }
        }
      }
    }
  }

  /// Prints the proxy for each URL on stdin, as this process's environment has it; `direct` without one.
  private static func printProxies() throws {
    let network = try NetworkSettings(environment: ProcessInfo.processInfo.environment)
    while let url = readLine() {
      let (host, _) = split(url)
      print(try network.proxyAddress(scheme: String(url.prefix { $0 != ":" }), authority: host) ?? "direct")
    }
  }

  static func main() throws {
    if CommandLine.arguments.dropFirst() == ["proxies"] { return try printProxies() }
    if CommandLine.arguments.dropFirst() == ["endpoints"] { return printEndpoints() }
    while let line = readLine() {
      let input = try JSONDecoder().decode(Input.self, from: Data(line.utf8))
      guard let date = AWSDate.parseBasic(input.date) else { fatalError("not a date: \(input.date)") }
      let (host, target) = split(input.url)
      var options = SigV4.Options()
      options.normalizePath = input.normalizePath
      options.encodePath = input.doubleEncode
      let signer = SigV4(
        credentials: Credentials(
          accessKeyID: input.accessKey, secretAccessKey: input.secretKey, sessionToken: input.sessionToken),
        region: input.region, service: input.service, options: options)
      let given = input.headers.map { (name: $0[0], value: $0[1]) }
      let signed = signer.sign(
        method: input.method, target: target, headers: [("Host", host)] + given, body: input.body, date: date)
      let output = Output(
        headers: signed.headers.map { [$0.name, $0.value] },
        authorization: signed.headers.first { $0.name == "Authorization" }!.value)
      print(String(decoding: try JSONEncoder().encode(output), as: UTF8.self))
    }
  }

  /// Not with URL, which would rewrite the text to sign.
  private static func split(_ url: String) -> (host: String, target: String) {
    let rest = url.drop { $0 != ":" }.dropFirst(3)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let target = rest.dropFirst(authority.count)
    let scheme = url.prefix { $0 != ":" }
    let isDefault = (scheme == "https" && authority.hasSuffix(":443")) || (scheme == "http" && authority.hasSuffix(":80"))
    let host = isDefault ? authority[..<authority.lastIndex(of: ":")!] : authority
    return (String(host), target.isEmpty ? "/" : target.hasPrefix("?") ? "/\(target)" : String(target))
  }
}
