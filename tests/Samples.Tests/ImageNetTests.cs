using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Samples;

namespace Blockwright.Samples.Tests;

/// <summary>torchvision's evaluation transform, with Pillow 9.4 and numpy as the judges.</summary>
public class ImageNetTests
{
    [Theory]
    [InlineData(640, 427, 256, "87342c29bddabca4b3848457de51f30bab787689b42984e459f96a337d2e7b54")]
    [InlineData(427, 640, 256, "92dcc54f7530f5cb3424c78d80843a13d6a76dad95bb20b0a109579781c5f3c9")]
    [InlineData(640, 427, 232, "a36339c156ada7d177d3f45e4ed1031f27fb4e227567692a3807769375bdf6e9")]
    [InlineData(257, 256, 256, "849622bcdfd72c2a17f53d204bfd5948fdd8199907465a178a62a3cefdfdc44b")]
    [InlineData(259, 256, 256, "b08c885b3d3e1dd9ff1dbd851ccdbd325063a730d5d9a3c38806cb3e341d8067")]
    [InlineData(300, 200, 256, "0952531b1c413aec651d0a14f31667c94cd1cebe40b265bdfc9f06fb0db670ee")]
    [InlineData(225, 224, 232, "3f569cb4760ea7915ff54b5d9c8ad4d1726e561eb9762531fa38389cd5fdb353")]
    [InlineData(1001, 333, 256, "83d2146201a0d04290ab0390bf2e2e42ef65251184b3daad7e2bc9a3333385e5")]
    [InlineData(100, 333, 256, "1b108edc9d3204117a4b3b9676d1df958cda8cea326c6c8a003450c7f58a42d7")]
    public void CropIsTorchvisions(int width, int height, int resizeSize, string sum)
    {
        var crop = ImageNet.ResizeAndCrop(Noise.Image(width, height), resizeSize);

        Assert.Equal((ImageNet.CropSize, ImageNet.CropSize), (crop.Width, crop.Height));
        Assert.Equal(sum, Noise.Sum(crop));
    }

    [Fact]
    public void CropOfPictureIsPillows()
    {
        var crop = ImageNet.ResizeAndCrop(RgbImage.Decode(TestFiles.Data("flower_part.png")), resizeSize: 256);

        Assert.Equal(RgbImage.Decode(TestFiles.Data("flower_part_crop.png")).Pixels, crop.Pixels);
    }

    /// <summary>JPEG leaves the inverse transform's rounding and the interpolation of colour to the decoder. What that costs stays small.</summary>
    [Fact]
    public void CropOfJpegIsCloseToThatOfLibjpeg()
    {
        var expected = RgbImage.Decode(TestFiles.Data("china_crop.png")).Pixels;

        var found = ImageNet.ResizeAndCrop(RgbImage.Decode(TestFiles.Picture), resizeSize: 256).Pixels;

        var differences = expected.Zip(found, (left, right) => Math.Abs(left - right)).ToArray();
        Assert.InRange(differences.Max(), 0, 1);
        Assert.InRange(differences.Average(), 0, 0.05);
    }

    [Fact]
    public void NormalisedFloatsAreNumpysToTheBit()
    {
        var values = ImageNet.Normalise(RgbImage.Decode(TestFiles.Data("china_crop.png")));

        Assert.Equal(RgbImage.Channels * ImageNet.CropSize * ImageNet.CropSize, values.Length);
        var sum = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(values)));
        Assert.Equal("285cef55bba78b0f56f73a8770e0cbef81b2d680a432c135ad3cbecd5b3beb92", sum);
    }

    [Fact]
    public void ResizeBelowTheCropIsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => ImageNet.Prepare(Noise.Image(300, 300), resizeSize: 223));
}
