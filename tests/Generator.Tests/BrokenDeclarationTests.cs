using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Generator.Tests;

/// <summary>Whatever a declaration is, the generator does not throw, and the code around the declaration compiles.</summary>
public class BrokenDeclarationTests
{
    private const string Torch = "TorchSharp.dll";

    /// <summary>Broken's attributes, each with what is wrong. All say <c>out</c> and have a parameter, as the code that uses them expects.</summary>
    public static TheoryData<string, string> Mistakes => new()
    {
        { ProblemIds.UnknownValue, "From(\"nowhere\"), Conv1x1(\"out*expand\")" },
        { ProblemIds.UnusedValue, "From(\"in\", As = \"lost\"), ReLU, From(\"in\"), Conv1x1(\"out\")" },
        { ProblemIds.UnusedValue, "Conv1x1(\"out\"), From(\"in\"), Conv1x1(\"out\")" },
        { ProblemIds.BoundTwice, "From(\"in\", As = \"a\"), Conv1x1(\"out\"), From(\"in\", As = \"a\"), Conv1x1(\"out\"), Add(\"a\", \"a\")" },
        { ProblemIds.BoundTwice, "Split(\"a\", \"a\"), From(\"a\"), Conv1x1(\"out\")" },
        { ProblemIds.ShapeMismatch, "From(\"in\", As = \"a\"), GlobalAvgPool2d, Conv1x1(4), From(\"in\", As = \"b\"), GlobalAvgPool2d, Conv1x1(5), Add(\"a\", \"b\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidExpression, "Conv1x1(\"out*\")" + AlsoOut },
        { ProblemIds.InvalidExpression, "Conv1x1(\"out out\")" + AlsoOut },
        { ProblemIds.UnknownName, "Conv1x1(\"out*width\")" },
        { ProblemIds.NotACount, "Conv1x1(\"5/2\"), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "Conv1x1(0), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "Conv1x1(-3), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "Conv1x1(\"2-3\"), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "Conv1x1(\"1/0\"), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "Conv1x1(\"2147483647*2\"), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "Conv1x1(\"2147483647*2147483647*2147483647*in\"), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "Conv1x1(\"in*65536*65536\"), Conv1x1(\"out\")" },
        { ProblemIds.ArgumentCount, "Apply<Helper>, Conv1x1(\"out\")" },
        { ProblemIds.ArgumentCount, "Apply<Helper>(1, 2), Conv1x1(\"out\")" },
        { ProblemIds.ArgumentCount, "Apply<Helper>(null!), Conv1x1(\"out\")" },
        { ProblemIds.ArgumentCount, "Stage<Plain, Helper>(\"stage\"), Conv1x1(\"out\")" },
        { ProblemIds.GroupsDoNotDivide, "Conv1x1(6), Conv1x1(8, Groups = 4), Conv1x1(\"out\")" },
        { ProblemIds.GroupsDoNotDivide, "Conv1x1(6), GroupNorm(4), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "GroupNorm(1, Eps = 0), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "LayerNorm2d(Eps = -1), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "LocalResponseNorm(5, K = 0), Conv1x1(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, InstanceNorm2d, Conv1x1(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, GroupNorm(1), Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, LayerNorm2d, Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, LocalResponseNorm(5), Linear(\"out\")" },
        { ProblemIds.ShuffleDoesNotDivide, "Conv1x1(6), ChannelShuffle(4), Conv1x1(\"out\")" },
        { ProblemIds.KernelTooLarge, "GlobalAvgPool2d, Conv2d(\"in\", 3, Padding = 0), Conv1x1(\"out\")" },
        { ProblemIds.EmptySplit, "Conv1x1(1), Split(\"a\", \"b\"), Concat(\"a\", \"b\"), Conv1x1(\"out\")" },
        { ProblemIds.EmptySplit, "Conv1x1(2), Split(\"a\", \"b\", Ratio = 0.9), Concat(\"a\", \"b\"), Conv1x1(\"out\")" },
        { ProblemIds.Recursion, "Apply<Broken>(1), Conv1x1(\"out\")" },
        { ProblemIds.NotABlock, "Apply<string>, Conv1x1(\"out\")" },
        { ProblemIds.NotABlock, "Apply<System.Collections.Generic.List<int>>, Conv1x1(\"out\")" },
        { ProblemIds.NotABlock, "Apply<Whole>, Conv1x1(\"out\")" },
        { ProblemIds.NoRunningValue, "Conv1x1(\"out\"), Split(\"a\", \"b\"), ReLU, Concat(\"a\", \"b\")" },
        { ProblemIds.NoRunningValue, "Conv1x1(\"out\"), Split(\"a\", \"b\")" },
        { ProblemIds.KeyClash, "Conv1x1(Name = \"a\"), Conv1x1(\"out\", Name = \"a\")" },
        { ProblemIds.KeyClash, "Conv1x1(Name = \"a\"), Conv1x1(\"out\", Name = \"a.b\")" },
        { ProblemIds.KeyClash, "Conv1x1(Name = \"a b\"), Conv1x1(\"out\")" },
        { ProblemIds.KeyClash, "Path(\"\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Stage<Plain>(\"stage\", Units = \"expand\", FirstIndex = -1), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Stage<Plain>(\"stage\", Units = 2, FirstIndex = -1), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Path(\"a\", FirstIndex = -1), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Dropout(1.5), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "BatchNorm2d(Eps = double.NaN), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "GELU(Approximate = \"erf\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "LeakyReLU(NegativeSlope = double.PositiveInfinity), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Softplus(Beta = 0), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Factor(double.NaN), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "StochasticDepth(1), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "StochasticDepth(0.1, Mode = \"image\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "StochasticDepth(0.1, Layer = 1), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "StochasticDepth(0.1, Layer = 3, Layers = 2), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Hardtanh(MinVal = 2), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Clamp, Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "PReLU(Init = double.NaN), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Softmax(Dim = 0), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Dropout2d(1), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Upsample, Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Upsample(2, Size = 8), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Upsample(2, Mode = \"cubic\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Upsample(2, AlignCorners = true), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "ZeroPad2d(new[] { 1, 2 }), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "GlobalAvgPool2d, ReflectionPad2d(1), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "GlobalAvgPool2d, PixelUnshuffle(2), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Scale(Init = double.NaN), Conv1x1(\"out\")" },
        { ProblemIds.ShuffleDoesNotDivide, "Conv1x1(6), PixelShuffle(2), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "GlobalAvgPool2d, Upsample(2147483647), Upsample(2147483647), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "GlobalAvgPool2d, Upsample(2147483647), Upsample(2), Conv1x1(\"out\")" },
        { ProblemIds.NotACount, "AdaptiveAvgPool2d(0), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Conv2d(\"out\", new[] { 1, 2, 3 })" },
        { ProblemIds.InvalidArgument, "Conv2d(\"out\", null!)" },
        { ProblemIds.InvalidArgument, "Conv2d(\"out\", typeof(int))" },
        { ProblemIds.InvalidArgument, "Conv2d(\"out\", 1.5)" },
        { ProblemIds.InvalidArgument, "Conv2d(\"out\", System.DayOfWeek.Friday)" },
        { ProblemIds.InvalidArgument, "MaxPool2d(3, Padding = 2), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Concat, Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Concat(null!), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Split(\"a\"), From(\"a\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Split(\"a\", \"b\", Ratio = double.NaN), Concat(\"a\", \"b\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Split(\"a\", \"b\", Ratio = 0), Concat(\"a\", \"b\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Input(3, 4, 5), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Parameter(\"no name\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Stage<Plain>(\"stage\", UnitName = \"unit\"), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Stage<Plain>(\"stage\", Units = 1001), Conv1x1(\"out\")" },
        { ProblemIds.InvalidArgument, "Stage<Grower>(\"stage\", Units = \"expand\"), Conv1x1(\"out\")" },
        { ProblemIds.WrongRank, "Flatten, Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, Conv1x1(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, Apply<Plain>, Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, Stage<Plain>(\"stage\"), Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, Apply<Active>, Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, Stage<Active>(\"stage\"), Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, Split(\"a\", \"b\"), Concat(\"a\", \"b\"), ChannelShuffle(2), Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, BatchNorm2d, Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, MaxPool2d(1), Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, Upsample(2), Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, ZeroPad2d(2), Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, PixelShuffle(1), Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, AdaptiveMaxPool2d(1), Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, Scale, Linear(\"out\")" },
        { ProblemIds.WrongRank, "GlobalAvgPool2d, Flatten, Dropout2d, Linear(\"out\")" },
        { ProblemIds.WrongRank, "Linear(\"out\")" },
        { ProblemIds.WrongChannelsOut, "Conv1x1(4), Apply<Plain>(Channels = 6), Conv1x1(\"out\")" },
        { ProblemIds.WrongChannelsOut, "Conv1x1(4), Apply<Plain>(Channels = 6, Name = \"\"), Conv1x1(\"out\")" },
        { ProblemIds.WrongChannelsOut, "Conv1x1(4), Apply<Doubler>, Conv1x1(\"out\")" },
        { ProblemIds.WrongChannelsOut, "Conv1x1(4), Apply<Doubler>(Name = \"\"), Conv1x1(\"out\")" },
    };

    private const string AlsoOut = ", Conv1x1(\"out\")";

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void ItsUsersCompile(string id, string attributes)
    {
        var compilation = Compiling.Compilation(Surroundings(attributes));
        Compiling.AssertClean(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Id is not ("CS0246" or "CS0534" or "CS1729" or "CS1061" or "CS0311" or "CS1739")));
        Assert.Contains(id, Declared.ProblemsOf(compilation).Select(static problem => problem.Id));

        var output = Compiling.Generate(compilation, out var result);

        Assert.Null(result.Results.Single().Exception);
        Compiling.AssertClean(output.GetDiagnostics());
        var assembly = Compiling.Load(output);
        var thrown = Assert.Throws<System.Reflection.TargetInvocationException>(() => Compiling.Make(assembly, "Zoo.Broken", 3, 4, 6));
        Assert.Contains("declaration has errors", Assert.IsType<InvalidOperationException>(thrown.InnerException).Message, StringComparison.Ordinal);
    }

    /// <summary>A block with several values that no tuple can hold, or where one value is asked for, is one mistake, and whatever is written of its users compiles.</summary>
    [Theory]
    [InlineData("Output(\"a\", \"item1\"), From(\"in\", As = \"a\"), Conv1x1, From(\"in\", As = \"item1\"), ReLU", "Apply<Fork>(As = new[] { \"q\", \"r\" }), Add(\"q\", \"r\")", ProblemIds.InvalidArgument)]
    [InlineData("Output(\"a\", \"_\"), From(\"in\", As = \"a\"), Conv1x1, From(\"in\", As = \"_\"), ReLU", "Apply<Fork>(As = new[] { \"q\", \"r\" }), Add(\"q\", \"r\")", ProblemIds.InvalidArgument)]
    [InlineData("Output(\"a\", \"A\"), From(\"in\", As = \"a\"), Conv1x1, From(\"in\", As = \"A\"), ReLU", "Apply<Fork>, Add(\"a\", \"A\")", ProblemIds.BoundTwice)]
    [InlineData("Output(\"a\", \"b\", TrainingOnly = true), From(\"in\", As = \"a\"), Conv1x1, From(\"in\", As = \"b\"), ReLU, From(\"in\"), Conv1x1", "Apply<Fork>(As = new[] { \"q\", \"r\" }), Add(\"q\", \"r\")", ProblemIds.InvalidArgument)]
    [InlineData("Output(\"a\", \"b\", TrainingOnly = true), From(\"in\", As = \"a\"), Conv1x1, From(\"in\", As = \"b\"), ReLU, From(\"in\"), Conv1x1", "Apply<Fork>(Name = \"\", As = new[] { \"q\", \"r\" }), Add(\"q\", \"r\")", ProblemIds.InvalidArgument)]
    [InlineData("Output(\"a\", \"b\"), From(\"in\", As = \"a\"), Conv1x1, From(\"in\", As = \"b\"), ReLU", "Stage<One, Fork>(\"s\", Units = 2), ReLU", ProblemIds.InvalidArgument)]
    [InlineData("Output(\"a\", \"b\"), From(\"in\", As = \"a\"), Conv1x1, From(\"in\", As = \"b\"), ReLU", "Stage<Fork, One>(\"s\", Units = 1), ReLU", ProblemIds.InvalidArgument)]
    public void WhatIsWrongWithABlocksValuesIsSaidOnce(string block, string user, string id)
    {
        var compilation = Compiling.Compilation(Compiling.Usings + $"[Block, {block}] public partial class Fork; [Block, Conv1x1] public partial class One; [Network, Input(3, 8, 8), {user}] public partial class Net;");
        Assert.Equal([id], Declared.ProblemsOf(compilation).Select(static problem => problem.Id));

        var output = Compiling.Generate(compilation, out var result);

        Assert.Null(result.Results.Single().Exception);
        Compiling.AssertClean(output.GetDiagnostics());
    }

    [Theory]
    [InlineData("[Block, ReLU] public static partial class C;")]
    [InlineData("[Block, ReLU] file partial class C;")]
    [InlineData("file partial class Outer { [Block, ReLU] public partial class C; }")]
    [InlineData("[Block, ReLU] public partial class Compute;")]
    [InlineData("[Network, Input(3, 8, 8), ReLU] public partial class LoadFused;")]
    public void AnUnsuitableClassIsLeftAlone(string source)
    {
        // CS8981 is the test's own source's: a class with a name in lower case, which is what some of the cases are about.
        var compilation = Compiling.Compilation("#pragma warning disable CS8981\n" + Compiling.Usings + source);
        Assert.Contains(ProblemIds.UnsuitableClass, Declared.ProblemsOf(compilation).Select(static problem => problem.Id));

        var output = Compiling.Generate(compilation, out var result);

        Assert.Null(result.Results.Single().Exception);
        Assert.Empty(result.GeneratedTrees);
        Compiling.AssertClean(output.GetDiagnostics());
    }

    /// <summary>What users of an unsuitable class call is there, wherever another file can add to it; where it is not partial, the compiler says that and no more.</summary>
    [Theory]
    [InlineData("public class Net;", "CS0260")]
    [InlineData("public class Outer { {0} public partial class Net; }", "CS0260")]
    [InlineData("public partial class Outer<T> { {0} public partial class Net; }")]
    [InlineData("public partial class Net<T>;")]
    [InlineData("public partial record Net;")]
    [InlineData("public partial class Net : System.Exception;")]
    [InlineData("public partial class Net : object;")]
    [InlineData("public partial class Net : System.Object;")]
    [InlineData("public partial class Net : TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;")]
    [InlineData("public partial class Net : Alias;")]
    [InlineData("public partial class Net : Own;")]
    [InlineData("public partial class Net : BlockModule;")]
    [InlineData("public partial class Net { public Net() { } }")]
    [InlineData("public partial class Net { public override TorchSharp.torch.Tensor forward(TorchSharp.torch.Tensor x) => x; }")]
    [InlineData("public partial class Net : TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor> { public Net() : base(\"n\") { } public override TorchSharp.torch.Tensor forward(TorchSharp.torch.Tensor x) => x; }")]
    public void UsesOfAnUnsuitableNetworkCompile(string form, params string[] compilers)
    {
        const string Attributes = "[Network, Input(3, 8, 8), Conv1x1(4)]";
        var type = form.Contains("Outer<T>", StringComparison.Ordinal) ? "Outer<int>.Net" : form.Contains("Outer", StringComparison.Ordinal) ? "Outer.Net" : form.Contains("Net<T>", StringComparison.Ordinal) ? "Net<int>" : "Net";
        var compilation = Compiling.Compilation($$"""
            {{Compiling.Usings}}
            using Alias = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;
            {{(form.Contains("{0}", StringComparison.Ordinal) ? form.Replace("{0}", Attributes, StringComparison.Ordinal) : Attributes + form)}}
            public abstract class Own : Alias { protected Own() : base("own") { } }
            public static class User
            {
                public static TorchSharp.torch.Tensor Use(TorchSharp.torch.Tensor x)
                {
                    var net = new {{type}}();
                    using var fused = {{(form.Contains(": BlockModule", StringComparison.Ordinal) ? "net.Fuse()" : "net.Fuse(FuseOptions.Default)")}};
                    using var again = net.Fuse();
                    return fused.call(net.forward(again.call(x)));
                }
            }
            """);
        Assert.NotEmpty(Declared.ProblemsOf(compilation));

        var output = Compiling.Generate(compilation, out var result);

        Assert.Null(result.Results.Single().Exception);
        Assert.Equal(compilers, output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(static diagnostic => diagnostic.Id));
        Assert.Equal(Declared.ProblemsOf(compilation), Declared.ProblemsOf(output));
    }

    /// <summary>The block says what is wrong; its users' code must not say it again, less clearly.</summary>
    [Theory]
    [InlineData("public class Broken;", 3)]
    [InlineData("public static partial class Broken;", 2)]
    [InlineData("public partial class Broken(int number) { public int Number => number; }", 2)]
    [InlineData("public partial class Broken { public Broken(int inChannels, int p) { } }", 2)]
    [InlineData("public partial class Broken : System.Exception;", 3)]
    [InlineData("[Network, Input(3, 8, 8)] public partial class Broken;", 3)]
    public void UsersOfAnUnsuitableClassCompile(string broken, int skeletons)
    {
        var output = Compiling.Generate(Compiling.Compilation(Compiling.Usings + $$"""
            [Block, Parameter("p"), Conv2d("in", "p")] {{broken}}
            [Block, Apply<Broken>(3), Stage<Broken>("stage", 3)] public partial class User;
            [Network, Input(3, 8, 8), Apply<User>] public partial class Whole;
            """));

        Assert.DoesNotContain(output.GetDiagnostics(), static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && Compiling.IsEmitted(diagnostic));
        Assert.Equal(skeletons, output.SyntaxTrees.Count(static tree => tree.ToString().Contains("cannot be made", StringComparison.Ordinal)));
    }

    [Fact]
    public void SeveralDeclarationsAreSaid()
    {
        var compilation = Compiling.Compilation(Compiling.Usings + "[Block] public partial class C;", Compiling.Usings + "[ReLU] public partial class C;");

        Assert.Contains(ProblemIds.SeveralDeclarations, Declared.ProblemsOf(compilation).Select(static problem => problem.Id));
        Compiling.AssertClean(Compiling.Generate(compilation).GetDiagnostics());
    }

    [Theory]
    [InlineData("[Network, ReLU] public partial class C;")]
    [InlineData("[Block, Network, Input(3, 8, 8), ReLU] public partial class C;")]
    [InlineData("[Network, Input(0, 1, 1), ReLU] public partial class C;")]
    [InlineData("[Network, Input(3, 8, 8), Parameter(\"p\"), ReLU] public partial class C;")]
    [InlineData("[Network, Input(2147483647, 2147483647, 2147483647), Flatten, Linear(2147483647)] public partial class C;")]
    [InlineData("[Network, Input(65537, 1, 1), ReLU] public partial class C;")]
    [InlineData("[Network, Input(3, 1, 1), Conv1x1(2147483647)] public partial class C;")]
    [InlineData("[Network, Input(3, 1, 1), Linear(2147483647)] public partial class C;")]
    [InlineData("[Network, Input(65536, 1, 1), Concat(\"in\")] public partial class C;")]
    [InlineData("[Network, Input(2147483647, 1, 1), Concat(\"in\"), ReLU] public partial class C;")]
    [InlineData("[Network, Input(3, 8, 8), Conv2d(2147483647, 2147483647, Padding = 2147483647), Conv2d(3, 2147483647, Dilation = 2147483647)] public partial class C;")]
    [InlineData("[Network, Input(3, 8, 8), Input(3, 8, 8), ReLU] public partial class C;")]
    [InlineData("[Network, Input(3, 8, 8, Name = \"a b\"), Input(3, 8, 8, Name = \"\"), Input(3, 8, 8, Name = null), ReLU, Output(\"a\", \"b\")] public partial class C;")]
    [InlineData("[Network, Input(3, 8, 8, Name = \"a\"), Input(3, 8, 8, Name = \"a\"), Add(\"a\", \"b\")] public partial class C;")]
    [InlineData("[Network, Input(0, 8, 8, Name = \"class\"), Input(-3, 0, 8, Name = \"in\"), Conv1x1(3)] public partial class C;")]
    [InlineData("[Network, Input(3, 8, 8), Input(3, 8, 8), Input(3, 8, 8), Input(3, 8, 8), Input(3, 8, 8), Input(3, 8, 8), Input(3, 8, 8), ReLU] public partial class C;")]
    [InlineData("[Network, Input(3, 8, 8, Name = \"a\"), Input(3, 2147483647, 2147483647, Name = \"b\"), Conv1x1(3)] public partial class C;")]
    public void ABrokenNetworkCompiles(string source)
    {
        var compilation = Compiling.Compilation(Compiling.Usings + source);
        Assert.NotEmpty(Declared.ProblemsOf(compilation));

        var output = Compiling.Generate(compilation, out var result);

        Assert.Null(result.Results.Single().Exception);
        Compiling.AssertClean(output.GetDiagnostics());
    }

    /// <summary>Figures that no 64 bits hold are for a comment; the network itself has nothing wrong.</summary>
    [Fact]
    public void AHugeNetworkIsNoError()
    {
        var compilation = Compiling.Compilation(Compiling.Usings + """
            [Network, Input(1, 40000, 40000)]
            [Conv2d(1, 40001), Conv2d(1, 40001), Conv2d(1, 40001), Conv2d(1, 40001), DepthwiseConv2d(3)]
            public partial class C;
            """);

        var output = Compiling.Generate(compilation, out var result);

        Assert.Null(result.Results.Single().Exception);
        Assert.Empty(Declared.ProblemsOf(compilation));
        Compiling.AssertClean(output.GetDiagnostics());
        Assert.DoesNotContain("cannot be made", result.Results.Single().GeneratedSources.Single().SourceText.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutTorchSharpNothingIsEmitted()
    {
        var references = Compiling.References.Where(static reference => !reference.Display!.EndsWith(Torch, StringComparison.Ordinal));
        var compilation = Compiling.Compilation(Systems.All.Select((system, i) => Compiling.Parse(system.Source, path: $"Source{i}.cs")), references);

        Compiling.Generate(compilation, out var result);

        Assert.Empty(result.GeneratedTrees);
        Assert.Null(result.Results.Single().Exception);
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp10)]
    [InlineData(LanguageVersion.CSharp9)]
    [InlineData(LanguageVersion.CSharp8)]
    [InlineData(LanguageVersion.CSharp7_3)]
    [InlineData(LanguageVersion.CSharp5)]
    public void AnOldLanguageVersionGetsCodeThatCompiles(LanguageVersion version)
    {
        const string Source = """
            using Blockwright;
            namespace Zoo
            {
                [Block, Parameter("expand"), Apply<Unit>, Conv1x1("out*expand"), Conv1x1("out")]
                public partial class Broken { }

                [Block, ReLU]
                public partial class Unit { }

                public static class User
                {
                    public static TorchSharp.torch.Tensor Use(TorchSharp.torch.Tensor x) { return new Broken(inChannels: 3, outChannels: 4, expand: 6).forward(new Unit(3).forward(x)); }
                }
            }
            """;
        var compilation = Compiling.Compilation([Compiling.Parse(Source, version, "Source.cs")], Compiling.References);
        var options = compilation.Options.WithNullableContextOptions(version < LanguageVersion.CSharp8 ? NullableContextOptions.Disable : NullableContextOptions.Enable);

        var output = Compiling.Generate((CSharpCompilation)compilation.WithOptions(options));

        // The attribute that needs a newer version is the one mistake.
        var errors = output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        Assert.All(errors, static error => Assert.True(error.Id.StartsWith("CS8", StringComparison.Ordinal) && error.GetMessage(null).Contains("generic attributes", StringComparison.Ordinal) && !Compiling.IsEmitted(error), error.ToString()));
        Assert.Single(errors);
    }

    /// <summary>Who uses a block whose constructor cannot have its parameters is not written, and no mistake is said twice; a condition's name that is not known is none that ends the block.</summary>
    [Theory]
    [InlineData("Parameter(\"sh t\")", "3")]
    [InlineData("Parameter(\"in\")", "3")]
    [InlineData("Parameter(\"p\"), Parameter(\"p\")", "3, 4")]
    [InlineData("Parameter(\"p\"), Parameter(\"\")", "3, 4")]
    public void AParameterThatIsNone(string parameters, string arguments)
    {
        var output = Compiling.Generate(Compiling.Compilation($$"""
            using Blockwright;
            namespace Zoo;

            [Block, {{parameters}}, Conv1x1("out"), ReLU(If = "shortcut == 1")]
            public partial class Broken;

            [Block, Apply<Broken>({{arguments}}), Stage<Broken>("s", {{arguments}}, Units = 2)]
            public partial class User;

            [Network, Input(3, 8, 8), Apply<User>]
            public partial class Net;
            """));
        Assert.Empty(output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && Compiling.IsEmitted(diagnostic)));
    }

    [Fact]
    public void TextThatIsBeingTypedNeverStopsTheGenerator()
    {
        var sources = Systems.All.Select(static system => system.Source).ToList();
        var edits = Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 12], Gen.Int[0, Fragments.Length - 1].Select(static i => Fragments[i]));
        var compilation = Compiling.Compilation(sources[0]);
        var driver = Compiling.Driver(compilation);

        Gen.Select(Gen.Int[0, sources.Count - 1], edits.Array[1, 4]).Sample(
            (system, changes) =>
            {
                var edited = Compiling.Compilation(changes.Aggregate(sources[system], Edit));
                driver = driver.RunGeneratorsAndUpdateCompilation(edited, out var output, out var diagnostics);

                Assert.Empty(diagnostics);
                Assert.Null(driver.GetRunResult().Results.Single().Exception);
                Assert.DoesNotContain(Declared.ProblemsOf(edited), static problem => problem.Id == ProblemIds.Internal);
                var own = edited.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(static diagnostic => diagnostic.Id).ToHashSet();
                // Where the text is C#, so is what is emitted.
                if (!edited.SyntaxTrees.Single().GetDiagnostics().Any() && own.IsSubsetOf(["CS0534", "CS0246"]))
                    Assert.Empty(output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && Compiling.IsEmitted(diagnostic)));
            },
            iter: 400,
            threads: 1);
    }

    internal static readonly string[] Fragments =
    [
        "", "", "", "\"", "(", ")", "[", "]", ",", "=", "{", "}", "<", ">", ";", "-", "in", "\"in\"", "\"in*2\"", "\"out-in\"", "-1", "0", "null", "typeof(int)", "new object[0]",
        "int.MaxValue", "'c'", "1.5", "\"in/3\"", "\"2147483647*in*in*in\"", "Block, ", "Network, ", "[Input(3, 4, 4, Name = \"a\")]", ", Name = \"in\"", "[Split(\"x\", \"y\")]", "[From(\"in\")]", "[Concat(\"in\")]", "[Add(\"in\")]", "[GlobalAvgPool2d]",
        "[Flatten]", "[Linear(3)]", "[Path(\"a\")]", "[Dropout(double.NaN)]", "[Stage<BasicUnit>(\"s\", Units = \"in\")]", "[Apply<Network>]", "[Apply<BasicUnit>(Name = \"\")]", ", Name = \"\"", ", As = \"in\"",
        "static ", "abstract ", "file ", "record ", "partial ", "class", "namespace A { ", "// ", "/*", "#if X\n", "\n", "\\", "@", "\0", "\uD83D",
    ];

    /// <summary>Deletes some characters and writes others there.</summary>
    internal static string Edit(string text, (int Position, int Deleted, string Inserted) edit)
    {
        var at = edit.Position % (text.Length + 1);
        return text.Remove(at, Math.Min(edit.Deleted, text.Length - at)).Insert(at, edit.Inserted);
    }

    private static string Surroundings(string attributes) => $$"""
        using Blockwright;
        namespace Zoo;

        [Block, Parameter("expand"), {{attributes}}]
        public partial class Broken;

        [Block, Parameter("kernel"), Conv2d("in", "kernel")]
        public partial class Helper;

        [Block, Conv1x1]
        public partial class Plain;

        [Block, ReLU]
        public partial class Active;

        [Block, From("in", As = "y"), Conv1x1, Concat("in", "y")]
        public partial class Grower;

        [Block, Conv1x1("out*2")]
        public partial class Doubler;

        [Network, Input(3, 8, 8), ReLU]
        public partial class Whole;

        [Block, Apply<Broken>(6, Channels = 4)]
        public partial class Outer;

        public static class User
        {
            public static TorchSharp.torch.Tensor Use(TorchSharp.torch.Tensor x) => new Broken(inChannels: 3, outChannels: 4, expand: 6).forward(new Outer(3).Fuse().call(x));

            public static Broken Train(Broken module)
            {
                module.train();
                return module;
            }
        }
        """;
}
