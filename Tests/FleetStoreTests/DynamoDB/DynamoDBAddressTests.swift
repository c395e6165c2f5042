import AWSClient
import FleetNetwork
import FleetStore
import Testing

struct DynamoDBAddressTests {
  @Test func options() throws {
    let plain = try DynamoDBAddress("dynamodb://bedquota-fleet")
    #expect(plain.table == "bedquota-fleet" && plain.region == nil && plain.endpoint == nil && plain.prefix.isEmpty)
    let full = try DynamoDBAddress("DynamoDB://a.b_C-1?region=eu-west-1&prefix=team%2F&endpoint=http%3A%2F%2F127.0.0.1:8000")
    #expect(full.table == "a.b_C-1" && full.region == "eu-west-1" && full.prefix == "team/")
    #expect(full.endpoint == "http://127.0.0.1:8000" && full.description == "dynamodb://a.b_C-1")
    #expect(try DynamoDBAddress("dynamodb://t-1?endpoint=http://[::1]:8000").endpoint == "http://[::1]:8000")
  }

  @Test func anARNNamesTheRegion() throws {
    let text = "arn:aws:dynamodb:us-east-1:123456789012:table/fleet"
    let address = try DynamoDBAddress("dynamodb://\(text)")
    #expect(address.table == text && address.region == "us-east-1")
    #expect(try DynamoDBAddress("dynamodb://\(text)?region=us-east-1").region == "us-east-1")
  }

  @Test(arguments: [
    "fleet", "redis://fleet", "dynamodb://", "dynamodb://ab", "dynamodb://k5f3a/x", "dynamodb://k5f3a@fleet",
    "dynamodb://k%zz5f3a",
    "dynamodb://\(String(repeating: "x", count: 256))", "dynamodb://fleet?region=", "dynamodb://fleet?region=K5f3a",
    "dynamodb://fleet?region", "dynamodb://fleet?endpoint=k5f3a:8000", "dynamodb://fleet?endpoint=http://u:k5f3a@h",
    "dynamodb://fleet?endpoint=http://h?k5f3a", "dynamodb://fleet?secret=k5f3a", "dynamodb://fleet?prefix=%5f3a%zz",
    "dynamodb://fleet?prefix=\(String(repeating: "x", count: 121))", "dynamodb://arn:aws:s3:::k5f3a",
    "dynamodb://arn:aws:dynamodb:us-east-1:k5f3a:table/fleet", "dynamodb://arn:aws:dynamodb:us-east-1:123456789012:stream/fleet",
    "dynamodb://arn:aws:dynamodb:us-east-1:123456789012:table/fleet?region=eu-west-1",
  ])
  func badAddressesAreRefusedWithoutTheirWords(url: String) {
    let error = #expect(throws: FleetStoreError.self) { try DynamoDBAddress(url) }
    #expect(error?.code == .configuration && error?.message.contains("5f3a") == false)
  }
}
