using System.Reflection;
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
    public void TheCostIsTheSummaryOrARemarkBesideTheUsers(string own)
    {
        var output = Compiling.Generate(Compiling.Compilation($"{Compiling.Usings}{own}{Network} public partial class Net;"));
        Compiling.Emit(output);
        var documentation = output.GetTypeByMetadataName("Net")!.GetDocumentationCommentXml()!;
        var element = own.Length > 0 ? "remarks" : "summary";
        Assert.Contains($"<{element}>{Remark}</{element}>", documentation, StringComparison.Ordinal);
        Assert.DoesNotContain("Badly formed", documentation, StringComparison.Ordinal);
        Assert.Equal(own.Contains("inheritdoc", StringComparison.Ordinal) ? 0 : 1, documentation.Split("<summary>").Length - 1);
    }

    [Fact]
    public void ABlockWhoseChannelsAreOpenSaysFormulas()
    {
        var output = Compiling.Generate(Compiling.Compilation($"{Compiling.Usings}[Block, Conv1x1(\"out\", Stride = 2), BatchNorm2d] public partial class Unit;"));
        Assert.Contains("<summary>N x in x H x W to N x out x H/2 x W/2: ", output.GetTypeByMetadataName("Unit")!.GetDocumentationCommentXml(), StringComparison.Ordinal);
    }

    /// <summary>A comment that is written or goes while one types, which no token tells.</summary>
    [Fact]
    public void ACommentThatComesMakesItARemark()
    {
        foreach (var (own, element) in new[] { ("", "summary"), ("/// <summary>Mine.</summary>\n", "remarks"), ("/// <remarks>Mine.</remarks>\n", "summary"), ("", "summary") })
        {
            var output = Compiling.Generate(Compiling.Compilation($"{Compiling.Usings}{own}{Network} public partial class Net;"));
            Assert.Contains($"<{element}>{Remark}</{element}>", output.GetTypeByMetadataName("Net")!.GetDocumentationCommentXml(), StringComparison.Ordinal);
        }
    }

    /// <summary>What an editor shows where an argument is typed: that not only a number goes.</summary>
    [Fact]
    public void AttributesSayWhatTheirArgumentsMayBe()
    {
        var comments = System.Xml.Linq.XDocument.Load(Path.ChangeExtension(typeof(BlockModule).Assembly.Location, ".xml")).Descendants("member").ToDictionary(static member => member.Attribute("name")!.Value);
        var attributes = typeof(BlockModule).Assembly.GetTypes().Where(static type => IsFlow(type)).ToList();
        string Comment(string name) => comments.TryGetValue(name, out var found) ? found.ToString() : $"{name} has none.";

        foreach (var property in attributes.SelectMany(static type => type.GetProperties()).Where(static property => property.PropertyType == typeof(object) && property.CanWrite))
            Assert.Contains("expression", Comment($"P:{property.DeclaringType!.FullName}.{property.Name}"), StringComparison.Ordinal);
        foreach (var constructor in attributes.Where(static type => !type.IsAbstract).SelectMany(static type => type.GetConstructors()))
        {
            foreach (var parameter in constructor.GetParameters().Where(static each => each.ParameterType == typeof(object) || each.ParameterType == typeof(object[])))
            {
                var list = string.Join(",", constructor.GetParameters().Select(static each => each.ParameterType.FullName));
                var name = $"M:{constructor.DeclaringType!.FullName}.#ctor({list})";
                Assert.Contains("expression", XDocumentParameter(Comment(name), parameter.Name!), StringComparison.Ordinal);
            }
        }
        Assert.All(attributes.Where(static type => type.IsAbstract), static type =>
            Assert.Equal(System.ComponentModel.EditorBrowsableState.Never, CustomAttributeExtensions.GetCustomAttribute<System.ComponentModel.EditorBrowsableAttribute>(type, inherit: false)?.State));
    }

    /// <summary>The compiler's side has types of the same names.</summary>
    private static bool IsFlow(Type type) => type.FullName == "Blockwright.FlowAttribute" || (type.BaseType is { } parent && IsFlow(parent));

    private static string XDocumentParameter(string comment, string name) => comment.Split($"<param name=\"{name}\">").ElementAtOrDefault(1)?.Split("</param>")[0] ?? comment;
}
