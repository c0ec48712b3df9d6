using Samples;

namespace Blockwright.Samples.Tests;

public class RgbImageTests
{
    [Fact]
    public void PngDecodesToPillowsBytes()
    {
        var image = RgbImage.Decode(TestFiles.Data("flower_part.png"));

        Assert.Equal((160, 120), (image.Width, image.Height));
        Assert.Equal("50e43d9bfa07ed4b0abac923efc467b2870417932e1a69629f7e30a3dde2ffa9", Noise.Sum(image));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(3000)]
    [InlineData(100_000)]
    [InlineData(196_651)]
    public void TruncatedJpegIsNamedAndEnds(int length)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("cut.jpg", File.ReadAllBytes(TestFiles.Picture).AsSpan(0, length));

        var exception = Assert.Throws<InvalidDataException>(() => RgbImage.Decode(path));

        Assert.StartsWith(path + ": expected a JPEG", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TextIsNoImage() => Assert.Throws<InvalidDataException>(() => RgbImage.Decode(TestFiles.Data("README.md")));

    [Fact]
    public void MissingFileIsNamed()
    {
        var exception = Assert.Throws<FileNotFoundException>(() => RgbImage.Decode("nothing.jpg"));

        Assert.Contains("nothing.jpg", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CropTakesThePartAskedFor()
    {
        var image = new RgbImage(3, 2, [.. Enumerable.Range(0, 18).Select(value => (byte)value)]);

        Assert.Equal([12, 13, 14, 15, 16, 17], image.Crop(left: 1, top: 1, width: 2, height: 1).Pixels);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.Crop(left: 2, top: 0, width: 2, height: 1));
    }
}
