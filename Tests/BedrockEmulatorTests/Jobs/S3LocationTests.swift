import AWSServer
import BedrockEmulator
import Testing

struct S3LocationTests {
  @Test(
    arguments: [
      ("s3://bucket", "bucket", [], true), ("s3://bucket/", "bucket", [], true), ("s3://bucket/a", "bucket", ["a"], false),
      ("s3://my-1.bucket/a/b c/", "my-1.bucket", ["a", "b c"], true), ("s3://bucket/..a/b..", "bucket", ["..a", "b.."], false),
    ] as [(String, String, [String], Bool)])
  func placesAreRead(uri: String, bucket: String, path: [String], isFolder: Bool) throws {
    let location = try S3Location(uri, member: "s3Uri")
    #expect((location.bucket, location.path) == (bucket, path))
    #expect(location.isFolder == isFolder)
  }

  @Test(arguments: [
    "", "s3:/bucket/a", "file:///etc/passwd", "s3://", "s3:///a", "s3://ab/a", "s3://Bucket/a", "s3://-bucket/a", "s3://../etc",
    "s3://bucket/../a", "s3://bucket/a/..", "s3://bucket/./a", "s3://bucket//a", "s3://bucket/a//", "s3://bucket/a\0b",
    "s3://buc\0ket/a", "s3://bucket/" + String(repeating: "x", count: 256), "s3://bucket" + String(repeating: "/x", count: 600),
  ])
  func othersAreRefused(uri: String) {
    #expect(throws: AWSFault.self) { try S3Location(uri, member: "s3Uri") }
  }
}
