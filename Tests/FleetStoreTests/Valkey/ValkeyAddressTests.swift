import FleetStore
import Testing

@testable import FleetNetwork

struct ValkeyAddressTests {
  private let password = "pw-5f3a"

  @Test(arguments: [
    ("redis://127.0.0.1", "redis://127.0.0.1:6379"), ("valkey://h:1/3", "redis://h:1/3"),
    ("rediss://h.example:6380/", "rediss://h.example:6380"),
    ("redis://[::1]:7000", "redis://[::1]:7000"), ("redis+sentinel://a:1,b/main", "redis+sentinel://a:1,b:26379/main"),
    ("rediss+sentinel://a/m%2Fn/2?prefix=x", "rediss+sentinel://a:26379/m/n/2"),
    ("redis://h?prefix=team&ca=%2Fetc%2Fca.pem", "redis://h:6379"),
    ("redis://u:pw-5f3a@h", "redis://h:6379"), ("redis://:pw%2D5f3a@h/1", "redis://h:6379/1"),
    ("redis://u:p@w-5f3a@h", "redis://h:6379"),
    ("redis://u:pw-5f3a@a,b:7000", "redis://a:6379,b:7000"), ("rediss://a,[::1]:1/?prefix=x", "rediss://a:6379,[::1]:1"),
    ("rediss://u@h:6379/?iam=my-cache&region=us-east-1", "rediss://h:6379"),
  ])
  func addresses(url: String, description: String) throws {
    let address = try ValkeyAddress(url, from: .environment)
    #expect(address.description == description)
  }

  @Test func options() throws {
    let address = try ValkeyAddress("redis://u%40x:pw-5f3a%2F@h/1?prefix=a%3Ab&ca=%2Fetc%2Fca.pem", from: .environment)
    #expect(address.user == "u@x" && address.password?.value == "pw-5f3a/" && address.database == 1)
    #expect(address.prefix == "a:b" && address.trustedFile == "/etc/ca.pem" && !address.usesTLS)
    #expect(try ValkeyAddress("redis://:pw@h", from: .environment).user == nil)
  }

  @Test(arguments: [
    ("h", "", IAMCache.Service.elastiCache), ("h", "&service=elasticache", .elastiCache),
    ("h", "&service=serverless", .serverless), ("h", "&service=memorydb", .memoryDB),
    ("master.my-cache.a1b2c3.use1.cache.amazonaws.com", "", .elastiCache),
    ("My-Cache-a1b2c3.Serverless.use1.cache.amazonaws.com", "", .serverless),
    ("clustercfg.my-cache.a1b2c3.memorydb.us-east-1.amazonaws.com", "", .memoryDB),
    ("clustercfg.my-cache.a1b2c3.memorydb.us-east-1.amazonaws.com", "&service=elasticache", .elastiCache),
  ])
  func aUserOfIAM(host: String, options: String, service: IAMCache.Service) throws {
    let address = try ValkeyAddress("rediss://bed%20quota@\(host)/?iam=My-Cache\(options)", from: .argument)
    #expect(address.cache == IAMCache(name: "my-cache", service: service, user: "bed quota", region: nil))
    #expect(address.user == "bed quota" && address.password == nil && address.usesTLS)
    #expect(try ValkeyAddress("rediss://u@h?region=us-east-1&iam=c", from: .argument).cache?.region == "us-east-1")
    #expect(try ValkeyAddress("rediss://u:pw@h", from: .environment).cache == nil)
  }

  @Test(arguments: [
    ("redis://u@h?iam=c", "TLS"), ("rediss://h?iam=c", "user"), ("rediss://u:pw-5f3a@h?iam=c", "without a password"),
    ("rediss://u:@h?iam=c", "without a password"), ("rediss+sentinel://u@h/main?iam=c", "sentinels"),
    ("rediss://u@h?iam=", "no cache's name"), ("rediss://u@h?iam=arn:aws:x", "no cache's name"),
    ("rediss://u@h?iam=c&service=redis", "unknown service"), ("rediss://u@h?iam=c&region=x", "region that is none"),
    ("redis://h?region=us-east-1", "without iam"), ("redis://h?service=memorydb", "without iam"),
  ])
  func whatIAMCannotDo(url: String, words: String) {
    let error = #expect(throws: FleetStoreError.self) { try ValkeyAddress(url, from: .environment) }
    #expect(error?.code == .configuration && error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("5f3a") == false)
  }

  @Test(arguments: [
    "127.0.0.1:6379", "http://u:pw-5f3a@h", "redis://", "redis://u:pw-5f3a@", "redis://u@h", "redis://u:@h",
    "redis://u:pw-5f3a@h:x",
    "redis://u:pw-5f3a@h:0", "redis://u:pw-5f3a@h/x", "redis://u:pw-5f3a@h/-1", "redis://h/1/2", "redis://u:pw-5f3a@a,",
    "redis+sentinel://u:pw-5f3a@a,b", "redis+sentinel://a,,b/main", "redis://u:pw-5f3a%zz@h", "redis://u:pw-5f3a%+5@h",
    "redis://h?password=pw-5f3a",
    "redis://pw-5f3a h",
    "redis://[::1", "redis://u:pw%FF@h", "pw-5f3a",
  ])
  func badAddressesAreRefusedWithoutTheirWords(url: String) {
    let error = #expect(throws: FleetStoreError.self) { try ValkeyAddress(url, from: .environment) }
    #expect(error?.code == .configuration && error.map { "\($0) \($0.message)" }?.contains("5f3a") == false)
  }

  @Test func sentinelsHaveALoginOfTheirOwn() throws {
    let url = "redis+sentinel://u:pw-5f3a@a,b/main?sentinel_username=s%40&sentinel_password=spw%2D5f3a"
    let address = try ValkeyAddress(url, from: .environment)
    #expect(address.servers.sentinelUser == "s@" && address.servers.sentinelPassword == Secret("spw-5f3a"))
    #expect(address.user == "u" && address.password == Secret("pw-5f3a") && !"\(address)".contains("5f3a"))
    let alone = try ValkeyAddress("redis+sentinel://a/main?sentinel_password=x", from: .environment)
    #expect(alone.servers.sentinelUser == nil && alone.servers.sentinelPassword == Secret("x") && alone.password == nil)
    let error = #expect(throws: FleetStoreError.self) {
      try ValkeyAddress("redis+sentinel://a/main?sentinel_password=pw-5f3a", from: .argument)
    }
    #expect(error?.message.contains("environment variable") == true && error?.message.contains("5f3a") == false)
    var dumped = ""
    dump(address, to: &dumped)
    #expect(!dumped.contains("5f3a"))
  }

  @Test(arguments: [
    ("redis+sentinel://a/m?sentinel_username=pw-5f3a", "add it"), ("redis+sentinel://a/m?sentinel_password=", "is text"),
    ("redis+sentinel://a/m?sentinel_password=%zz5f3a", "is text"), ("redis://a?sentinel_password=pw-5f3a", "without sentinels"),
    ("redis+sentinel://a/m?sentinel_username=&sentinel_password=pw-5f3a", "empty"),
  ])
  func whatSentinelsCannotHave(url: String, words: String) {
    let error = #expect(throws: FleetStoreError.self) { try ValkeyAddress(url, from: .environment) }
    #expect(error?.code == .configuration && error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("5f3a") == false)
  }

  @Test func argumentsHoldNoPassword() throws {
    let error = #expect(throws: FleetStoreError.self) { try ValkeyAddress("redis://u:pw-5f3a@h", from: .argument) }
    #expect(error?.message.contains("environment variable") == true && error?.message.contains("5f3a") == false)
    #expect(try ValkeyAddress("redis://h", from: .argument).password == nil)
  }

  @Test func nobodyWhoPrintsSeesThePassword() throws {
    let address = try ValkeyAddress("rediss://user:pw-5f3a@h", from: .environment)
    var dumped = ""
    dump(address, to: &dumped)
    let login = RESPConnector.Login(user: "u", password: address.password)
    dump(login, to: &dumped)
    dump(RESPCommand(["AUTH", "pw-5f3a"]), to: &dumped)
    let texts = [
      dumped, "\(address)", String(reflecting: address), "\(login)", String(reflecting: login),
      "\(RESPCommand(["AUTH", "pw-5f3a"]))",
      String(reflecting: RESPCommand(["AUTH", "pw-5f3a"])), String(reflecting: try #require(address.password)),
    ]
    for text in texts { #expect(!text.contains("5f3a")) }
  }
}
