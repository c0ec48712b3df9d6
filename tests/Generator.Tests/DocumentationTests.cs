using Blockwright.Generator.Tests.Harness;

namespace Blockwright.Generator.Tests;

/// <summary>What an editor shows over a network's name: the user's words and what the network costs.</summary>
public class DocumentationTests
{
    private const string Network = "[Network, Input(3, 8, 8), Conv2d(4, 3), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(10)]";

    // 108 + 8 + 50 parameters; 64 x 108 + 40 multiply-adds; read are 192 + 3 x 256 + 256 - 256 + 4 values and so on, 4 bytes each.
    private const string Remark = "N x 3 x 8 x 8 to N x 10: 166 parameters, 6,952 multiply-adds and 0.01 MB of memory access for one image (the table: <c>Cost</c>).";

    [Theory]
    [InlineData("")]
    [InlineData("/// <summary>Mine.</summary>\n")]
    [InlineData("/// <summary>Mine.</summary>\n/// <remarks>Also mine.</remarks>\n")]
    [InlineData("/// <inheritdoc />\n")]
    public void TheCostIsARemarkBesideTheUsersWords(string own)
    {
        var output = Compiling.Generate(Compiling.Compilation($"{Compiling.Usings}{own}{Network} public partial class Net;"));
        Compiling.Emit(output);
        var documentation = output.GetTypeByMetadataName("Net")!.GetDocumentationCommentXml()!;
        Assert.Contains($"<remarks>{Remark}</remarks>", documentation, StringComparison.Ordinal);
        Assert.DoesNotContain("Badly formed", documentation, StringComparison.Ordinal);
        Assert.Equal(own.Contains("summary", StringComparison.Ordinal) ? 1 : 0, documentation.Split("<summary>").Length - 1);
    }

    [Fact]
    public void ABlockWhoseChannelsAreOpenHasNone()
    {
        var output = Compiling.Generate(Compiling.Compilation($"{Compiling.Usings}[Block, Conv1x1, BatchNorm2d] public partial class Unit;"));
        Assert.DoesNotContain("remarks", output.GetTypeByMetadataName("Unit")!.GetDocumentationCommentXml(), StringComparison.Ordinal);
    }
}
