using Samples;

namespace Blockwright.Samples.Tests;

/// <summary>The sums are those of Pillow 9.4: <c>image.resize((toWidth, toHeight), Image.BILINEAR).tobytes()</c>.</summary>
public class PillowResizeTests
{
    [Theory]
    [InlineData(640, 427, 383, 256, "b34a723cce44ad9b2a1201c12456ab1075231f37d91a03299d4647ed67ce35ac")]
    [InlineData(427, 640, 256, 383, "65c3091a9dd6131ee44eca9ae1f5444d4881f9ce910db52fad164c958321edb2")]
    [InlineData(31, 17, 31, 17, "263b2fbdea51b6727ad710c1f5e2dd20089fa5fede6b587c1de8a0371bdbf71b")]
    [InlineData(31, 17, 62, 40, "504151168cfcd777a2705cc75d182f46e0f3ce7533e62127ad21744a6a9b2c86")]
    [InlineData(31, 17, 7, 5, "0608939fc1e7b3272c50feb8b6d9e297309c85577014db56884c17aa9cb2321a")]
    [InlineData(31, 17, 31, 5, "c90df9540e02c4a0fc944a048a8ed8d2df8e8e0745e5c32a06afe74daa3ee5c7")]
    [InlineData(31, 17, 7, 17, "fe7d6fdf208a6b8a20d27ccb21815f2e70f25baf83de36eb9a1804bb124744f8")]
    [InlineData(1, 1, 9, 4, "19d05b29b53af9ca40f1a1109a9e4fd8ca7ecdf8ae14629bb36aa1da8b4240be")]
    [InlineData(300, 2, 3, 1, "f5fbd4b9072e46aabe3bfa634b170f65d28d90b7fa13d6dcb09e1bd348c036ca")]
    [InlineData(2, 300, 1, 3, "eacced9f45b97a3ea6de9dc998fce76a4dab801639d4a8f6cbf53515dd08cce5")]
    [InlineData(640, 427, 348, 232, "9693a46d929be762487f2ca8e37bcf4527f369d161bc3eea34444fd0d0e7af21")]
    [InlineData(225, 225, 256, 256, "640e5a2e784c8cdac7ab2bfddad346b0840462f4b88a6fd96304d595de8413c1")]
    [InlineData(97, 61, 96, 60, "552b715057a981aafca8546985c7cd954c92dee7ee1c6abaf2075e47f4ccf71e")]
    [InlineData(1000, 3, 999, 4, "897e40b91b894c67c38339c30d7a3f735bf8d6f0a916a0073b6386209c17b8e1")]
    public void EveryByteIsPillows(int width, int height, int toWidth, int toHeight, string sum)
    {
        var resized = PillowResize.Resize(Noise.Image(width, height), toWidth, toHeight);

        Assert.Equal((toWidth, toHeight), (resized.Width, resized.Height));
        Assert.Equal(sum, Noise.Sum(resized));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, -1)]
    public void SizeOfLessThanOneIsRefused(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResize.Resize(Noise.Image(4, 4), width, height));
}
