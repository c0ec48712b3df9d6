namespace Blockwright.Graph.Tests;

/// <summary>What is wrong, and the attribute or argument at fault. Attributes count from [Block].</summary>
public class ProblemTests
{
    private const string Beside = """
        [Block, Parameter("a"), Parameter("b"), Conv1x1("a*b")] public partial class TwoNumbers;
        [Block, Conv1x1] public partial class Plain;
        [Block, Conv1x1("out*2")] public partial class Doubler;
        [Block, Conv1x1("in/4")] public partial class Quarter;
        [Block, Apply<Quarter>(Name = "inner")] public partial class Outer;
        [Block, From("nowhere")] public partial class Lost;
        [Block, Apply<Ring>] public partial class Link;
        [Block, Apply<Link>] public partial class Ring;
        [Network, Input(3, 8, 8), ReLU] public partial class Whole;
        """;

    [Theory]
    [InlineData("From(\"x\"), ReLU", "BW0001 at 1 Value: x | \"in\"")]
    [InlineData("Split(\"a\", \"b\"), Concat(\"a\", \"c\")", "BW0001 at 2 Values[1]: c | \"in\", \"a\", \"b\"")]
    [InlineData("Split(\"a\", \"b\"), From(\"a\")", "BW0002 at 1 Parts[1]: 'b'")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1, From(\"in\"), ReLU", "BW0002 at 1: 'y'")]
    [InlineData("Conv1x1, ReLU, From(\"in\"), ReLU", "BW0002 at 2: the result of ReLU, which From(\"in\") leaves and which has no name (a From(..., As = \"x\") in front of its layers gives it one),")]
    [InlineData("Split(\"a\", \"in\"), From(\"a\")", "BW0003 at 1 Parts[1]: in | taken")]
    [InlineData("From(\"in\", As = \"in\"), ReLU", "BW0003 at 1 As: in | taken")]
    [InlineData("From(\"in\", As = \"y\"), Stage<Plain>(\"stage3\", Units = 2), From(\"stage3\", As = \"z\"), Add(\"y\", \"z\")", "BW0001 at 3 Value: stage3 | \"in\", \"y\"; \"stage3\" is a key, under which layers are registered: a From(..., As = \"x\") in front of them names what they make")]
    [InlineData("Split(\"a\", \"b\"), Add(\"a\", \"b\"), From(\"in\"), ReLU", "BW0002 at 2: the result of Add, which From(\"in\") leaves and which has no name (Add(..., As = \"x\") gives it one),")]
    [InlineData("Split(\"a\", \"b\"), Concat(\"a\", \"b\", As = \"y\"), Conv1x1, From(\"in\"), ReLU", "BW0002 at 2 As: 'y'")]
    [InlineData("Split(\"a\", \"b\"), Concat(\"b\", \"a\", As = \"a\"), Conv1x1", "BW0003 at 2 As: a | taken")]
    [InlineData("Split(\"a\", \"b\"), Concat(\"b\", \"a\", As = \"\"), Conv1x1", "BW0003 at 2 As:  | empty")]
    [InlineData("Conv1x1, Add(\"in\", As = \"y\")", "BW0022 at 2 As: As | no name on a join with the running value, which goes on as it was (a join of several values takes one) | \"y\"")]
    [InlineData("From(\"in\", As = \"x\"), Conv1x1, Add(\"in\", As = \"y\")", "BW0022 at 3 As: As | no name on a join with the running value, which goes on as \"x\" (a join of several values takes one) | \"y\"")]
    [InlineData("From(\"in\", As = \"x\"), Conv1x1, Multiply(\"x\", \"in\", As = \"y\"), Conv1x1, Add(\"y\")", "BW0022 at 5 Values[0]: Add | another value than the running one, which is \"y\" itself (a From with As leaves the value that it starts from as it was; Add(\"y\", \"y\") would say it on purpose) | \"y\"")]
    [InlineData("Parameter(\"p\"), Parameter(\"p\"), Conv1x1(\"p\")", "BW0003 at 2 Name: p | taken")]
    [InlineData("From(\"in\", As = \"a\"), Conv1x1(3), From(\"in\", As = \"b\"), Conv1x1(4), Add(\"a\", \"b\")", "BW0004 at 5: Add | values of one shape, or of its channels and 1 x 1, or of one channel and its height and width | N x 3 x H x W and N x 4 x H x W")]
    [InlineData("From(\"in\", As = \"a\"), Conv1x1(3), GlobalAvgPool2d, From(\"in\", As = \"b\"), Conv1x1(4), Multiply(\"a\", \"b\")", "BW0004 at 6: Multiply | values of one shape, or of its channels and 1 x 1, or of one channel and its height and width | N x 3 x 1 x 1 and N x 4 x H x W")]
    [InlineData("Conv1x1(\"in*\")", "BW0005 at 1 OutChannels: in* | a number, a name or '(' | 4")]
    [InlineData("Conv2d(8, 3, Stride = new object[] { 1, \"2 2\" })", "BW0005 at 1 Stride[1]: 2 2 | an operator or the end | 3")]
    [InlineData("Conv1x1(\"in*width\")", "BW0006 at 1 OutChannels: width | out, in | The expression")]
    [InlineData("Conv1x1(\"7/2\")", "BW0007 at 1 OutChannels: a whole number | 7/2, which leaves a rest of 1")]
    [InlineData("Conv2d(8, new[] { 3, 0 })", "BW0007 at 1 KernelSize[1]: a whole number of at least 1 | 0")]
    [InlineData("Conv2d(8, 3, Padding = -1)", "BW0007 at 1 Padding: a whole number of at least 0 | -1")]
    [InlineData("Parameter(\"a\"), Parameter(\"b\"), Conv1x1(\"(in+out+a+b)*(in+out+a+b)*(in+out+a+b)*(in+out+a+b)*(in+out+a+b)*(in+out+a+b)*(in+out+a+b)\")", "BW0007 at 3 OutChannels: an expression of at most 64 terms once its products are multiplied out | 80")]
    [InlineData("Conv1x1(\"in*65536*65536\")", "BW0007 at 1 OutChannels: numbers up to 2147483647 | 4294967296*in")]
    [InlineData("Apply<TwoNumbers>(1)", "BW0008 at 1: TwoNumbers | 2 (a, b) | 1")]
    [InlineData("Apply<Plain>(1)", "BW0008 at 1 Arguments[0]: Plain | no arguments | 1")]
    [InlineData("Stage<Plain, TwoNumbers>(\"s\")", "BW0008 at 1: TwoNumbers | a value for 'a' | no parameter of that name in Plain")]
    [InlineData("Conv1x1(6), Conv1x1(8, Groups = 4)", "BW0009 at 2 Groups: 4 groups do | input channels | 6")]
    [InlineData("Conv1x1(8), Conv1x1(6, Groups = 4)", "BW0009 at 2 Groups: 4 groups do | output channels | 6")]
    [InlineData("Conv1x1(6), ChannelShuffle(4)", "BW0010 at 2 Groups: 4 groups do | channels | 6")]
    [InlineData("GlobalAvgPool2d, Conv2d(\"in\", 3, Padding = 0)", "BW0011 at 2 KernelSize: Conv2d | 3 x 3 | 1 x 1 | 1 x 1")]
    [InlineData("Conv1x1(3), Split(\"a\", \"b\"), Concat(\"a\", \"b\")", "BW0012 at 2: channels that 2 divides (or a Ratio) | 3")]
    [InlineData("Conv1x1(3), Split(\"a\", \"b\", Ratio = 0.1), Concat(\"a\", \"b\")", "BW0012 at 2 Ratio: two parts of at least one channel | 0 and 3 of 3")]
    [InlineData("Apply<C>", "BW0013 at 1: C | C -> C")]
    [InlineData("Apply<string>", "BW0019 at 1 <>[0]: String | a class declared with [Block], not generic")]
    [InlineData("Apply<Whole>", "BW0019 at 1 <>[0]: Whole | [Block] in place of its [Network], and no [Input]: what it is applied to gives it its size")]
    [InlineData("Stage<Plain, string>(\"s\", Units = 2)", "BW0019 at 1 <>[1]: String | a class declared with [Block], not generic")]
    [InlineData("Split(\"a\", \"b\"), ReLU, Concat(\"a\", \"b\")", "BW0020 at 2: ReLU | \"in\", \"a\", \"b\"")]
    [InlineData("Path(\"a b\"), Conv1x1", "BW0021 at 1 Name: a b | letters from a to z, digits and _ - + : @, in parts that dots separate")]
    [InlineData("Dropout(1.5)", "BW0022 at 1 P: P | a number from 0, below 1 | 1.5")]
    [InlineData("BatchNorm2d(Eps = 0)", "BW0022 at 1 Eps: Eps | a number above 0 | 0")]
    [InlineData("MaxPool2d(3, Padding = 2)", "BW0022 at 1 Padding: Padding | at most half of the window of 3 x 3 | 2 x 2")]
    [InlineData("Parameter(\"out\"), ReLU", "BW0022 at 1 Name: Name | a C# identifier other than in, out, inChannels, outChannels | out")]
    [InlineData("Path(\"a\", FirstIndex = -2), Conv1x1", "BW0022 at 1 FirstIndex: FirstIndex | at least 0 | -2")]
    [InlineData("Flatten, Linear(3)", "BW0023 at 1: Flatten | a map of known size (in a block: after GlobalAvgPool2d; else flatten in the network) | N x in x H x W")]
    [InlineData("Upsample", "BW0022 at 1: Upsample | one of a factor, Size and SizeOf | none")]
    [InlineData("Upsample(2, SizeOf = \"in\")", "BW0022 at 1 SizeOf: Upsample | one of a factor, Size and SizeOf | ScaleFactor and SizeOf")]
    [InlineData("Upsample(SizeOf = \"on\")", "BW0001 at 1 SizeOf: on | \"in\"")]
    [InlineData("From(\"in\", As = \"f\"), GlobalAvgPool2d, Flatten, From(\"in\"), Upsample(SizeOf = \"f\")", "BW0023 at 5 SizeOf: SizeOf | N x C x H x W | N x in")]
    [InlineData("ConvTranspose2d(8, 2)", "BW0007 at 1 KernelSize: a Padding, since none keeps the size under an even kernel | none: half of the 1 x 1 pixels beside its own leaves a rest")]
    [InlineData("ConvTranspose2d(8, 3, Stride = 2, OutputPadding = 2)", "BW0022 at 1 OutputPadding: OutputPadding | less than the stride, 2 x 2, or the dilation, 1 x 1 | 2 x 2")]
    [InlineData("Conv1x1(6), ConvTranspose2d(8, 3, Groups = 4)", "BW0009 at 2 Groups: 4 groups do | input channels | 6")]
    [InlineData("GlobalAvgPool2d, ConvTranspose2d(8, 3, Padding = 2)", "BW0022 at 2 Padding: Padding | one that leaves something of 3 x 3 | 2 x 2")]
    [InlineData("GlobalAvgPool2d, Flatten, Apply<Plain>", "BW0023 at 3: Plain | N x C x H x W | N x in")]
    [InlineData("Conv1x1(4), Apply<Plain>(Channels = 6)", "BW0024 at 2: Plain | 6 | 4")]
    [InlineData("Conv1x1(4), Apply<Doubler>", "BW0024 at 2: Doubler | 4 | 8")]
    [InlineData("Conv1x1(4), Apply<Doubler>(Name = \"\")", "BW0024 at 2: Doubler | 4 | 8")]
    [InlineData("Conv1x1(65537)", "BW0026 at 1: at most 65536 channels, found 65537")]
    public void StandsWhereItIs(string attributes, string problem) => Assert.Equal([problem], Declarations.Problems("Block, " + attributes, Beside).Select(Show));

    [Theory]
    [InlineData("Output(\"y\"), Conv1x1", "BW0001 at 2 Values[0]: y | \"in\"; what the last layer makes has no name: a From(..., As = \"y\") in front of its layers gives it one, and as the only result it needs neither name nor [Output]")]
    [InlineData("Output(\"y\"), Split(\"a\", \"b\"), Add(\"a\", \"b\"), Conv1x1", "BW0001 at 2 Values[0]: y | \"in\", \"a\", \"b\"; what the last layer makes has no name: Add(..., As = \"y\") gives it one, and as the only result it needs neither name nor [Output]")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1, From(\"in\", As = \"z\"), Conv1x1, Output(\"y\")", "BW0002 at 4: 'z', which [Output(\"z\")] would give as a result,")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1, Concat(\"in\", \"y\"), Output(\"y\", \"in\")", "BW0002 at 4: the result of Concat")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1, Output(\"y\"), Output(\"y\", TrainingOnly = true)", "BW0003 at 5 Values[0]: y | taken")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1, From(\"in\", As = \"Y\"), Conv1x1, Output(\"y\", \"Y\")", "BW0003 at 6 Values[1]: Y | taken")]
    [InlineData("From(\"in\", As = \"a-b\"), Conv1x1, Output(\"in\", \"a-b\")", "BW0022 at 4 Values[1]: Output | a name that with a capital letter a tuple's element may have (C# keeps Item1, Rest, ToString, _ and their like) | a-b")]
    [InlineData("From(\"in\", As = \"item2\"), Conv1x1, Output(\"in\", \"item2\")", "BW0022 at 4 Values[1]: Output | a name that with a capital letter a tuple's element may have (C# keeps Item1, Rest, ToString, _ and their like) | item2")]
    [InlineData("From(\"in\", As = \"result\"), Conv1x1, From(\"in\"), Conv1x1, Output(\"result\", TrainingOnly = true)", "BW0003 at 6 Values[0]: result | taken")]
    [InlineData("Conv1x1, Output", "BW0022 at 3: Output | the names of the results | none")]
    [InlineData("Split(\"a\", \"b\"), Output(\"a\", \"b\", TrainingOnly = true)", "BW0020 at 2: the end of the network | \"in\", \"a\", \"b\"")]
    [InlineData("From(\"in\", As = \"aux\"), Conv1x1(8), Output(\"aux\", TrainingOnly = true)", "BW0022 at 4 Values[0]: Output | a value beside the network's result, which is the running value at the end (a From behind this one begins another) | that value itself, \"aux\"")]
    [InlineData("Parameter(\"n\", 2), Stage<TwoNumbers>(\"s\", \"unit+1\", 4, Units = \"n\")", "BW0022 at 3 Units: Units | a constant, since an argument names unit | n")]
    [InlineData("Parameter(\"n\", 2, 3), Conv1x1(8, Groups = \"n\")", "BW0009 at 3 Groups: 3 groups do | input channels | 4")]
    [InlineData("Parameter(\"n\", 3), Conv1x1(8, Groups = \"n\")", "BW0009 at 3 Groups: 3 groups do | input channels | 4")]
    [InlineData("Parameter(\"n\", 1, 2, 4, 8, 16, 32, 64), Parameter(\"m\", 1, 2, 3), Conv1x1(\"n*m\"), Conv1x1(8)", "BW0022 at 3 Others: Others | at most 16 plans of a network, one for each choice of its parameters | 21")]
    [InlineData("Parameter(\"n\", 2), Parameter(\"n\", 3), Conv1x1(\"n\")", "BW0003 at 3 Name: n | taken")]
    public void OfANetwork(string attributes, string problem) => Assert.Equal([problem], Declarations.Problems("Network, Input(4, 8, 8), " + attributes, Beside).Select(Show));

    [Theory]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8), Concat(\"a\", \"a\"), Conv1x1(4)", "BW0022 at 2: Input | a Name, as each of several inputs has: forward's parameter, and the value that a From or a join reads | none")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"out\"), Conv1x1(4)", "BW0022 at 2 Name: Name | a C# identifier other than in and out | out")]
    [InlineData("Input(3, 8, 8, Name = \"a b\"), Conv1x1(4)", "BW0022 at 1 Name: Name | a C# identifier other than in and out | a b")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"a\"), Conv1x1(4)", "BW0003 at 2 Name: a | taken")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 0, 8, Name = \"b\"), Concat(\"b\")", "BW0022 at 2 Height: Height | at least 1 | 0")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"b\"), Conv1x1(4)", "BW0002 at 2 Name: 'b'")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"b\"), From(\"b\"), Conv1x1(4)", "BW0002 at 1 Name: 'a'")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"b\"), From(\"a\", As = \"b\"), Conv1x1(4), Concat(\"in\", \"b\")", "BW0003 at 3 As: b | taken")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"b\"), Concat(\"c\")", "BW0001 at 3 Values[0]: c | \"in\", \"a\", \"b\"")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 4, 4, Name = \"b\"), Concat(\"b\")", "BW0004 at 3: Concat | values of one height and width | N x 3 x 8 x 8 and N x 1 x 4 x 4; Upsample(2) behind N x 1 x 4 x 4 would mend it")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"b\"), Add(\"a\"), Concat(\"b\")", "BW0022 at 3 Values[0]: Add | another value than the running one, which is \"a\" itself (a From with As leaves the value that it starts from as it was; Add(\"a\", \"a\") would say it on purpose) | \"a\"")]
    [InlineData("Input(70000, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"b\"), Concat(\"b\")", "BW0026 at 1 Channels: at most 65536 channels, found 70000")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(3, 8, 8, Name = \"b\"), Input(3, 8, 8, Name = \"c\"), Input(3, 8, 8, Name = \"d\"), Input(3, 8, 8, Name = \"e\"), Input(3, 8, 8, Name = \"f\"), Input(3, 8, 8, Name = \"g\"), Concat(\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\")", "BW0022 at 7: Input | at most 6 inputs, as a TorchSharp module takes (a Split cuts one into parts) | 7")]
    public void OfANetworksInputs(string attributes, string problem) => Assert.Contains(problem, Declarations.Problems("Network, " + attributes).Select(Show));

    [Theory]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"b\"), Conv1x1(4), Concat(\"b\")", "a 3, b 1")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(3, 8, 8, Name = \"b\"), Add(\"a\", \"b\")", "a 3, b 3")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(3, 8, 8, Name = \"b\"), From(\"b\"), Conv1x1(3), Add(\"in\")", "a 3, b 3")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Input(1, 8, 8, Name = \"b\"), Conv1x1(4), Output(\"b\", TrainingOnly = true)", "a 3, b 1")]
    [InlineData("Input(3, 8, 8, Name = \"a\"), Conv1x1(3), Add(\"a\")", "in 3")]
    public void ANetworksInputs(string attributes, string inputs)
    {
        var (graph, problems, _) = Declarations.Build($"[Network, {attributes}] public partial class C;", "C");
        Assert.Empty(problems.Select(Show));
        Assert.Equal(inputs, string.Join(", ", graph!.Inputs.Select(static input => $"{input.Given} {input.Shape.Channels}")));
    }

    [Fact]
    public void ABlockDeclaresNoInput() =>
        Assert.Equal(2, Declarations.Problems("Block, Input(3, 8, 8, Name = \"a\"), Input(3, 8, 8, Name = \"b\"), Conv1x1").Count(static problem => problem.Id == ProblemIds.InvalidArgument));

    [Theory]
    [InlineData("Output(\"y\"), From(\"in\", As = \"y\"), Conv1x1", "")]
    [InlineData("From(\"in\", As = \"a-b\"), Conv1x1, Output(\"a-b\")", "")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1, Output(\"in\", \"y\")", "In 0, Y 1")]
    [InlineData("Output(\"y\", TrainingOnly = true), From(\"in\", As = \"y\"), Conv1x1, From(\"in\"), ReLU", "Result 2, Y 1 in training")]
    [InlineData("Split(\"a\", \"b\"), Output(\"b\"), Output(\"a\", TrainingOnly = true)", "B 2, A 1 in training")]
    public void ANetworksResults(string attributes, string results)
    {
        var graph = Declarations.Build($"[Network, Input(4, 8, 8), {attributes}] public partial class C;", "C").Graph!;
        Assert.Equal(results, string.Join(", ", graph.Results.Where(static result => result.Name.Length > 0).Select(static result => $"{result.Name} {result.Node}{(result.IsTrainingOnly ? " in training" : "")}")));
    }

    [Theory]
    [InlineData("")]
    [InlineData(", Path(\"stem\")")]
    [InlineData(", From(\"in\", As = \"x\")")]
    [InlineData(", Output(\"in\")")]
    [InlineData(", Output(\"in\", TrainingOnly = true)")]
    public void ANetworkMakesSomethingOfItsInput(string attributes) =>
        Assert.Equal(["BW0022 at 1: Network | layers, or other steps that make something of its input | none"], Declarations.Problems("Network, Input(4, 8, 8)" + attributes).Select(Show));

    [Theory]
    [InlineData("Network, Input(4, 8, 8), MaxPool2d(2)")]
    [InlineData("Network, Input(4, 8, 8), Flatten")]
    [InlineData("Network, Input(4, 8, 8), ReLU(If = \"in > 4\")")]
    [InlineData("Network, Input(4, 8, 8), Add(\"in\", \"in\")")]
    [InlineData("Block")]
    public void AFunctionIsEnough(string attributes) => Assert.Empty(Declarations.Problems(attributes));

    [Theory]
    [InlineData("Output(\"in\"), Conv1x1", "BW0002 at 2: the result of Conv1x1")]
    [InlineData("Conv1x1, Output", "BW0022 at 2: Output | the names of the results | none")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1, Output(\"y\", \"z\")", "BW0001 at 3 Values[1]: z | \"in\", \"y\"")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1, Output(\"y\", \"y\")", "BW0003 at 3 Values[1]: y | taken")]
    [InlineData("From(\"in\", As = \"y\"), Conv1x1, From(\"in\"), ReLU, Output(\"y\", TrainingOnly = true)", "BW0022 at 5 TrainingOnly: TrainingOnly | results that are always there, as a block's are (a network's may be there in training alone) | true")]
    [InlineData("Apply<Fork>, Conv1x1", "BW0020 at 2: Conv1x1 | \"in\", \"low\", \"high\"", "BW0002 at 1: 'low', which \"_\" in As would leave out,")]
    [InlineData("Apply<Fork>, From(\"low\"), Add(\"high\"), Apply<Fork>, Concat(\"low\", \"high\")", "BW0003 at 4: low | taken")]
    [InlineData("Apply<Fork>(As = new[] { \"a\", \"b\" }), From(\"a\"), ReLU", "BW0002 at 1 As[1]: 'b', which \"_\" in As would leave out,")]
    [InlineData("Apply<Fork>, From(\"low\"), ReLU", "BW0002 at 1: 'high', which \"_\" in As would leave out,")]
    [InlineData("Apply<Fork>(As = new[] { \"a\" }), From(\"a\"), ReLU", "BW0022 at 1 As: As | a name for each of the 2 values that Fork gives, \"low\", \"high\" (\"_\" for one that is not wanted) | 1")]
    [InlineData("Apply<Fork>(As = new[] { \"a\", \"in\" }), From(\"a\"), ReLU", "BW0003 at 1 As[1]: in | taken")]
    [InlineData("Apply<Plain>(As = new[] { \"a\", \"b\" }), ReLU", "BW0022 at 1 As: As | no names, since Plain gives one value, which flows on (a From(..., As = \"x\") in front of this names it) | \"a\", \"b\"")]
    [InlineData("Apply<Fork>(If = \"in > 3\"), Add(\"low\", \"high\")", "BW0022 at 1 If: If | no condition on a block with several values: left out, it would leave no value | in > 3")]
    [InlineData("Apply<Fork>(Channels = 4), Add(\"low\", \"high\")", "BW0022 at 1 Channels: Channels | none for Fork, which gives several values and says no out | 4")]
    [InlineData("Apply<Fork>(Channels = 4, Name = \"\"), Add(\"low\", \"high\")", "BW0022 at 1 Channels: Channels | none for Fork, which gives several values and says no out | 4")]
    [InlineData("Stage<Fork>(\"s\"), ReLU", "BW0022 at 1 <>[0]: Stage | a block with one value, which the next unit takes (Apply takes one with several) | Fork, which gives 2")]
    [InlineData("Apply<Nothing>(As = new[] { \"a\", \"b\" }), From(\"a\"), Add(\"b\")", "BW0019 at 1 <>[0]: Nothing | a class declared with [Block], not generic")]
    public void ABlocksResults(string attributes, params string[] problems) => Assert.Equal(problems, Declarations.Problems("Block, " + attributes, Beside + Fork).Select(Show));

    private const string Fork = """
        [Block, Output("low", "high"), From("in", As = "low"), Conv1x1, From("in", As = "high"), ReLU]
        public partial class Fork;

        public class Nothing;

        """;

    /// <summary>Of several values an out is a number as any other.</summary>
    [Theory]
    [InlineData("Apply<Wide>(Channels = 6), Concat(\"a\", \"b\")", "N x 18 x H x W")]
    [InlineData("Apply<Wide>(Channels = 6, Name = \"\"), Concat(\"a\", \"b\")", "N x 18 x H x W")]
    [InlineData("Apply<Wide>(Channels = \"in\", As = new[] { \"_\", \"wide\" }), From(\"wide\"), ReLU", "N x 2*in x H x W")]
    [InlineData("Apply<Wide>(As = new[] { \"_\", \"_\" }), From(\"in\"), ReLU", "N x in x H x W")]
    public void ABlocksValuesAreNamed(string attributes, string result)
    {
        var (graph, problems, _) = Declarations.Build($"[Block, Output(\"a\", \"b\"), From(\"in\", As = \"a\"), Conv1x1(\"out\"), From(\"in\", As = \"b\"), Conv1x1(\"2*out\")] public partial class Wide; [Block, {attributes}] public partial class C;", "C");
        Assert.Empty(problems.Select(Show));
        Assert.Equal(result, graph!.Result.ToString());
    }

    [Fact]
    public void OneMistakeIsOneReport()
    {
        var problems = Declarations.Problems("Block, From(\"x\", As = \"y\"), Conv1x1, BatchNorm2d, Split(\"a\", \"b\"), Add(\"a\", \"b\"), Concat(\"y\"), ReLU");

        Assert.Equal(["BW0001 at 1 Value: x | \"in\""], problems.Select(Show));
    }

    [Fact]
    public void WhatIsWrongAtOneUseSaysWhich()
    {
        var problem = Assert.Single(Declarations.Problems("Network, Input(6, 8, 8), Apply<Outer>(Name = \"unit\")", Beside));

        Assert.Equal("BW0007 at 1 OutChannels: a whole number | 6/4, which leaves a rest of 2", Show(problem));
        Assert.Equal("global::Quarter", problem.Owner);
        Assert.Equal(["C, unit, with in = 6", "Outer, inner, with in = 6"], problem.Uses.Select(static use => use.Text));
        Assert.Equal(["global::C", "global::Outer"], problem.Uses.Select(static use => use.Owner));
        Assert.Equal(new Place(2), problem.Uses[0].Place);
    }

    [Fact]
    public void TheSameAtSeveralUsesIsSaidForTheFirst()
    {
        var problem = Assert.Single(Declarations.Problems("Network, Input(6, 8, 8), Apply<Quarter>(Name = \"first\"), Apply<Quarter>(Name = \"second\")", Beside));

        Assert.Contains("first", Assert.Single(problem.Uses).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsWrongWithABlockItselfIsSaidThereAlone()
    {
        Assert.Empty(Declarations.Problems("Block, Apply<Lost>", Beside));
        Assert.Null(Declarations.Build($"[Block, Apply<Lost>] public partial class C; {Beside}", "C").Graph);
        Assert.Equal(["BW0001"], Declarations.Build(Beside, "Lost").Problems.Select(static problem => problem.Id));
    }

    [Fact]
    public void ARingIsSaidInEachOfItsMembers()
    {
        Assert.Equal(["BW0013 at 1: Ring | Ring -> Link -> Ring"], Declarations.Build(Beside, "Ring").Problems.Select(Show));
        Assert.Equal(["BW0013 at 1: Link | Link -> Ring -> Link"], Declarations.Build(Beside, "Link").Problems.Select(Show));
        Assert.Empty(Declarations.Problems("Block, Apply<Ring>", Beside));
    }

    [Fact]
    public void DeepNestsEnd()
    {
        var blocks = string.Join("\n", Enumerable.Range(0, 80).Select(static i => $"[Block, Apply<B{i + 1}>] public partial class B{i};")) + "[Block, ReLU] public partial class B80;";

        Assert.Equal([ProblemIds.TooLarge], Declarations.Build(blocks, "B0").Problems.Select(static problem => problem.Id));
        Assert.Empty(Declarations.Build(blocks, "B40").Problems);
    }

    /// <summary>Each block applies the next at two widths: 2^24 uses, were each built.</summary>
    [Fact]
    public void WideNestsEnd()
    {
        var blocks = string.Join("\n", Enumerable.Range(0, 24).Select(static i => $"[Block, Apply<B{i + 1}>(Name = \"a\"), Conv1x1(\"in+1\"), Apply<B{i + 1}>(Name = \"b\"), Conv1x1(\"in*2\")] public partial class B{i};"))
            + "[Block, ReLU] public partial class B24;";

        Assert.All(Declarations.Build(blocks, "B0").Problems, static problem => Assert.True(problem.Id is ProblemIds.TooLarge or ProblemIds.NotACount, problem.Id));
    }

    [Theory]
    [InlineData("[Conv1x1(nothing)] ", false)]
    [InlineData("[Conv1x1(1, 2, 3)] ", false)]
    [InlineData("[Apply<Missing>] ", false)]
    [InlineData("[Conv2d(\"in\", System.DayOfWeek.Friday)] ", true)]
    [InlineData("[Dropout] ", true)]
    public void WhatTheCompilerDoesNotUnderstandIsTheCompilersToSay(string attributes, bool isComplete)
    {
        var declaration = Declarations.Read($"[Block] {attributes} public partial class C;")["C"];

        Assert.Equal(isComplete, declaration.IsComplete);
        if (!isComplete)
            Assert.Empty(GraphBuilder.Build(declaration, new Dictionary<string, Declaration>()).Problems);
    }

    internal static string Show(Problem problem)
    {
        var place = problem.Place;
        var where = place == Place.Class ? "the class" : $"{place.Attribute}{(place.Argument is null ? "" : " " + place.Argument)}{(place.Item == Place.Whole ? "" : $"[{place.Item}]")}";
        return $"{problem.Id} at {where}: {string.Join(" | ", problem.Arguments)}";
    }
}
