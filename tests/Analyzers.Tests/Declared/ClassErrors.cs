using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Analyzers.Tests.Declared;

public class ClassErrors
{
    [Theory]
    [InlineData("[Block, ReLU] public class {|#0:A|};", "A", "it is not partial: add 'partial'")]
    [InlineData("[Block, ReLU] public partial class {|#0:A|}<T>;", "A", "a generic class has no one forward: leave its type parameters out")]
    [InlineData("[Block, ReLU] public static partial class {|#0:A|};", "A", "a static class has no instances: leave 'static' out")]
    [InlineData("[Block, ReLU] public partial record {|#0:A|};", "A", "a record cannot derive from a TorchSharp module: declare a class")]
    [InlineData("[Block, ReLU] file partial class {|#0:A|};", "A", "a file-local class cannot be completed from another file: leave 'file' out")]
    [InlineData("public class Base; [Block, ReLU] public partial class {|#0:A|} : Base;", "A", "it derives from 'Base', but the build gives it its base class: leave that out")]
    [InlineData("public class Outer { [Block, ReLU] public partial class {|#0:A|}; }", "A", "it is nested in 'Outer', which is not partial: add 'partial' there")]
    [InlineData("public abstract class Base; [Network, Input(3, 4, 4), ReLU] public partial class {|#0:A|} : Base;", "A", "it derives from 'Base', but the build gives it its base class: leave that out")]
    [InlineData("[Network, Input(3, 4, 4), ReLU] public partial class {|#0:A|} : object;", "A", "it derives from 'object', but the build gives it its base class: leave that out")]
    [InlineData("[Network, Input(3, 4, 4), ReLU] public partial class {|#0:Compute|};", "Compute", "that is the name of a method which the build gives it: rename the class")]
    [InlineData("public partial class Outer<T> { [Block, ReLU] public partial class {|#0:A|}; }", "A", "it is nested in the generic type 'Outer': move it out")]
    public Task UnsuitableClass(string source, string name, string reason) => DeclarationTest.Verify(source, ("BW0014", $"The build cannot complete '{name}': {reason}"));

    /// <summary>What the user writes in his own part of a class is said at its place.</summary>
    [Theory]
    [InlineData("public {|#0:A|}() { }", "The build writes A(): expected a constructor with other parameters, which begins with ': this()'")]
    [InlineData("public {|#0:A|}(double x) { }", "This constructor leaves out what the build writes, A(): expected ': this()' behind its parameters")]
    [InlineData("public {|#0:A|}(double x) : {|CS1729:base|}(null!) { }", "This constructor leaves out what the build writes, A(): expected ': this()' behind its parameters")]
    [InlineData("public virtual Tensor {|#0:forward|}(Tensor x) => x;", "The build writes forward(Tensor), as the attributes say: expected another name or other parameters")]
    [InlineData("public Tensor forward(int x) => null!; public new Tensor {|#0:forward|}(Tensor x) => x;", "The build writes forward(Tensor), as the attributes say: expected another name or other parameters")]
    [InlineData("public FusedNetwork {|#0:Fuse|}() => null!;", "The build writes Fuse(), as the attributes say: expected another name or other parameters")]
    [InlineData("public static KernelNetwork {|#0:LoadFused|}(string path, FuseOptions? o = null) => null!;", "The build writes LoadFused(string, FuseOptions), as the attributes say: expected another name or other parameters")]
    [InlineData("private int {|#0:Compute|};", "The build writes a method Compute: expected another name")]
    public Task OwnMember(string member, string message) => DeclarationTest.Verify($"using static TorchSharp.torch;\n[Network, Input(3, 4, 4), ReLU] public partial class A {{ {member} }}", ("BW0027", message));

    [Theory]
    [InlineData("public new Tensor {|#0:forward|}(Tensor x, Tensor y) => x;", "The build writes forward(Tensor, Tensor), as the attributes say: expected another name or other parameters")]
    [InlineData("protected Tensor {|#0:Compute|}(Tensor[] x) => x[0];", "The build writes Compute(Tensor[]), as the attributes say: expected another name or other parameters")]
    public Task OwnMemberOfSeveralInputs(string member, string message) => DeclarationTest.Verify(
        $"using static TorchSharp.torch;\n[Network, Input(3, 4, 4, Name = \"a\"), Input(3, 4, 4, Name = \"b\"), Add(\"b\")] public partial class A {{ {member} public Tensor forward(Tensor x) => x; public Tensor Compute(Tensor x, Tensor y) => x; }}",
        ("BW0027", message));

    [Theory]
    [InlineData("public {|#0:A|}(int a, int b, int c) { }", "The build writes A(int inChannels, int outChannels, int p): expected a constructor with other parameters, which begins with ': this(inChannels, outChannels, p)'")]
    [InlineData("public {|#0:A|}() { }", "This constructor leaves out what the build writes, A(int inChannels, int outChannels, int p): expected ': this(inChannels, outChannels, p)' behind its parameters")]
    [InlineData("public required int {|#0:Number|} { get; set; }", "Who applies A makes it with its constructor alone, and could not set Number: expected no 'required'")]
    public Task OwnMemberOfABlock(string member, string message) => DeclarationTest.Verify($"[Block, Parameter(\"p\"), Conv2d(\"out\", \"p\")] public partial class A {{ {member} }}", ("BW0027", message));

    [Theory]
    [InlineData("public A(double x) : {|CS1729:this|}() { } static A() { } private A(string s) : this(1.0) { }")]
    [InlineData("public int Compute(int x) => x; public object LoadFused(string path) => path; public int Fuse(int x) => x; public Tensor forward(Tensor x, Tensor y) => x; private class Snapshot; public required int Number { get; set; } private Tensor _fc = null!;")]
    public Task OwnMembersThatAreNoMistake(string members) => DeclarationTest.Verify($"using static TorchSharp.torch;\n[Network, Input(3, 4, 4), ReLU, Linear(3, Name = \"fc\")] public partial class A {{ {members} }}".Replace("ReLU, ", "GlobalAvgPool2d, ", StringComparison.Ordinal));

    [Fact]
    public Task ALayerOfTheBuildsIsNotReplaced() => DeclarationTest.VerifyBuilt(
        """
        using TorchSharp;
        [Network, Input(3, 4, 4), GlobalAvgPool2d, Linear(3, Name = "fc")]
        public partial class A
        {
            private readonly TorchSharp.Modules.Linear own;
            public A(int classes) : this()
            {
                {|#0:_fc|} = torch.nn.Linear(3, classes);
                own = torch.nn.Linear(3, classes);
                RegisterComponents();
            }
        }
        """,
        "private readonly TorchSharp.Modules.Linear _fc; public A() : base(null!) { _fc = null!; }",
        ("BW0027", "The build sets _fc, which weights and snapshots know by its key: expected no assignment: another layer is another attribute, other weights are copied into its parameters"));

    [Fact]
    public Task ANetworkIsNoBlock() => DeclarationTest.Verify(
        """
        [Network, Input(3, 4, 4), GlobalAvgPool2d] public partial class A;
        [Network, Input(3, 4, 4), Apply<{|#0:A|}>] public partial class B;
        """,
        ("BW0019", "'A' is no block: expected [Block] in place of its [Network], and no [Input]: what it is applied to gives it its size"));

    [Fact]
    public Task SeveralDeclarations() => DeclarationTest.Verify(
        """
        [Block, Conv1x1] public partial class A;
        [{|#0:ReLU|}, Sigmoid] public partial class A;
        """,
        ("BW0015", "The attributes of 'A' stand on several partial declarations, so they have no order: expected all on one"));

    /// <summary>What would follow from a size that is none is not said, too.</summary>
    [Theory]
    [InlineData("4, {|#0:-9|}, 9", "Height", "-9")]
    [InlineData("{|#0:-4|}, 9, 9", "Channels", "-4")]
    [InlineData("4, 9, {|#0:0|}", "Width", "0")]
    public Task AnInputOfNoSize(string input, string argument, string found) => DeclarationTest.Verify(
        $$"""[Network, Input({{input}}), Conv2d(8, 3, Padding = 0), BatchNorm2d, ReLU, Conv1x1, GlobalAvgPool2d, Linear(10)] public partial class A;""",
        ("BW0022", $"{argument}: expected at least 1, found {found}"));

    [Fact]
    public Task NetworkWithoutInput() => DeclarationTest.Verify(
        "[Network, ReLU] public partial class {|#0:A|};",
        ("BW0016", "The network 'A' does not say its input: expected [Input(channels, height, width)]"));

    [Fact]
    public Task TorchSharpMissing() => DeclarationTest.Verify(
        "[Block, ReLU] public partial class {|#0:A|};",
        LanguageVersion.CSharp12,
        withTorch: false,
        library: null,
        ("BW0017", "'A' becomes a TorchSharp module, but TorchSharp is not referenced: add the package TorchSharp-cpu or TorchSharp-cuda-linux"));

    [Fact]
    public Task LanguageTooOld() => DeclarationTest.Verify(
        "[Block, ReLU] public partial class {|#0:A|} { }",
        LanguageVersion.CSharp10,
        withTorch: true,
        library: null,
        ("BW0018", "'A' needs C# 11 or later, found C# 10.0: set LangVersion"));

    [Theory]
    [InlineData("[ReLU] public partial class {|#0:A|};", "attributes of a block but neither [Block] nor [Network]: expected one of them")]
    [InlineData("[Input(1, 2, 2), ReLU] public partial class {|#0:A|};", "attributes of a block but neither [Block] nor [Network]: expected one of them")]
    [InlineData("[Block, Network, Input(1, 2, 2), ReLU] public partial class {|#0:A|};", "both [Block] and [Network]: expected one of them")]
    public Task NeitherBlockNorNetwork(string source, string reason) => DeclarationTest.Verify(source, ("BW0025", $"'A' has {reason}"));

    [Fact]
    public Task TooLarge()
    {
        // 70 blocks, each around the next.
        var chain = string.Concat(Enumerable.Range(0, 70).Select(i => $"[Block, Apply<B{i + 1}>] public partial class B{i};\n").Append("[Block, ReLU] public partial class B70;\n"));
        return DeclarationTest.Verify(
            chain.Replace("Apply<B64>", "{|#0:Apply<B64>|}", StringComparison.Ordinal)
                .Replace("Apply<B65>", "{|#1:Apply<B65>|}", StringComparison.Ordinal)
                .Replace("Apply<B66>", "{|#2:Apply<B66>|}", StringComparison.Ordinal)
                .Replace("Apply<B67>", "{|#3:Apply<B67>|}", StringComparison.Ordinal)
                .Replace("Apply<B68>", "{|#4:Apply<B68>|}", StringComparison.Ordinal)
                .Replace("Apply<B69>", "{|#5:Apply<B69>|}", StringComparison.Ordinal)
                .Replace("Apply<B70>", "{|#6:Apply<B70>|}", StringComparison.Ordinal),
            [.. Enumerable.Range(0, 7).Select(i => ("BW0026", $"Too large: expected blocks nested at most 64 deep, found more (in {string.Join(" > ", Enumerable.Range(i, 63).Select(k => $"B{k}, 0, with in = in"))})"))]);
    }

    [Fact]
    public Task WhatTheCompilerDoesNotUnderstandIsItsToSay() => DeclarationTest.Verify(
        """
        [Block, Conv2d, Apply<Missing>, Stage<A>()] public partial class A;
        [Network, Input(3, 4, 4), Apply<A>] public partial class B;
        """.Replace("Conv2d", "{|CS7036:Conv2d|}", StringComparison.Ordinal).Replace("Missing", "{|CS0246:Missing|}", StringComparison.Ordinal).Replace("Stage<A>()", "{|CS7036:Stage<A>()|}", StringComparison.Ordinal));

    [Fact]
    public Task ADeclarationWithoutMistakesIsSilent() => DeclarationTest.Verify(
        """
        [Block]
        [Split("keep", "work")]
        [From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("keep", "work"), ChannelShuffle(2)]
        public partial class BasicUnit;

        [Network, Input(3, 32, 32)]
        [Path("conv1"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU]
        [Stage<BasicUnit>("stage2", Units = 2)]
        [GlobalAvgPool2d, Linear(10, Name = "fc")]
        public partial class Net;
        """);
}
