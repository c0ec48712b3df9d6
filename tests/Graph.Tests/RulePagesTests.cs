namespace Blockwright.Graph.Tests;

public class RulePagesTests
{
    [Theory]
    [InlineData("https://example.org/blockwright/rules", "/home/me/.nuget/packages/blockwright/0.1.0/analyzers/dotnet/cs/Blockwright.Graph.dll", "https://example.org/blockwright/rules/")]
    [InlineData("https://example.org/rules/", "", "https://example.org/rules/")]
    [InlineData("", "/home/my own/.nuget/packages/blockwright/0.1.0/analyzers/dotnet/cs/Blockwright.Graph.dll", "file:///home/my%20own/.nuget/packages/blockwright/0.1.0/docs/rules/")]
    [InlineData("", @"C:\Users\me\.nuget\packages\blockwright\0.1.0\analyzers\dotnet\cs\Blockwright.Graph.dll", "file:///C:/Users/me/.nuget/packages/blockwright/0.1.0/docs/rules/")]
    [InlineData("", "/tmp/VBCSCompiler/AnalyzerAssemblyLoader/0f/1/Blockwright.Graph.dll", "docs/rules/")]
    [InlineData("", "here/analyzers/dotnet/cs/Blockwright.Graph.dll", "docs/rules/")]
    [InlineData("", "", "docs/rules/")]
    public void LinksBeginAtTheAddressOrInThePackage(string address, string assembly, string expected) => Assert.Equal(expected, RulePages.StartOf(address, assembly));
}
