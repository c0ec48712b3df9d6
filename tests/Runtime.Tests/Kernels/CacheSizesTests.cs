using Blockwright.Kernels;
using Blockwright.Runtime.Tests.Weights;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>The kernel's files on caches, and what may stand there instead.</summary>
public sealed class CacheSizesTests
{
    [Theory]
    [InlineData("2048K", 2048 * 1024)]
    [InlineData("1M", 1024 * 1024)]
    [InlineData("262144", 262144)]
    [InlineData("", null)]
    [InlineData("K", null)]
    [InlineData("-1K", null)]
    [InlineData("99999999999K", null)]
    [InlineData("99999999999999999999", null)]
    public void TheSecondLevelIsRead(string size, int? expected)
    {
        using var folder = new TestFolder();
        foreach (var (index, level, text) in new[] { ("index0", "1", "48K"), ("index2", "2", size), ("index3", "3", "32M") })
        {
            var path = Directory.CreateDirectory(folder[index]).FullName;
            File.WriteAllText(Path.Combine(path, "level"), level + "\n");
            File.WriteAllText(Path.Combine(path, "size"), text + "\n");
        }

        Assert.Equal(expected, CacheSizes.Read(folder.Full));
    }

    [Fact]
    public void WhereNothingIsSaidThereIsNone()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["index2"]);

        Assert.Null(CacheSizes.Read(folder.Full));
        Assert.Null(CacheSizes.Read(folder["none"]));
        Assert.InRange(CacheSizes.SecondLevel, 16 * 1024, 1 << 30);
    }
}
