using Blockwright.Analyzers.Tests.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Testing;

namespace Blockwright.Analyzers.Tests.Whole;

/// <summary>
/// A detector as people write it: wrappers that are passed constants, gates on one pixel, lists of layers, a scope in the root module and one around it. Sound, no rule says anything;
/// and each fault that people make in it is said where it is, once, by one rule.
/// </summary>
public sealed class RealFaultsTests
{
    private const string Detector = """
        class Cbr : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            private readonly BatchNorm2d bn;
            private readonly Module<Tensor, Tensor> act;
            public Cbr(long c1, long c2, long k = 1, long s = 1, long g = 1, bool act = true) : base("Cbr")
            {
                conv = Conv2d(c1, c2, k, s, k / 2, groups: g, bias: false);
                bn = BatchNorm2d(c2);
                this.act = act ? SiLU() : Identity();
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => act.call(bn.call(conv.call(x)));
        }
        class Gate : Module<Tensor, Tensor>
        {
            private readonly AdaptiveAvgPool2d pool = AdaptiveAvgPool2d(1);
            private readonly Conv2d reduce, expand;
            public Gate(long c) : base("Gate") { reduce = Conv2d(c, c / 4, 1); expand = Conv2d(c / 4, c, 1); RegisterComponents(); }
            public override Tensor forward(Tensor x) => x * expand.call(functional.relu(reduce.call(pool.call(x)))).sigmoid();
        }
        class Unit : Module<Tensor, Tensor>
        {
            private readonly Sequential body;
            private readonly bool same;
            public Unit(long c1, long hidden, long c2, long s = 1, bool gated = false) : base("Unit")
            {
                same = s == 1 && c1 == c2;
                var layers = new List<Module<Tensor, Tensor>> { new Cbr(c1, hidden), new Cbr(hidden, hidden, 3, s, hidden) };
                if (gated)
                    layers.Add(new Gate(hidden));
                layers.Add(new Cbr(hidden, c2, act: false));
                body = Sequential(layers);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => same ? x + body.call(x) : body.call(x);
        }
        class Pyramid : Module<Tensor, Tensor>
        {
            private readonly Cbr a, b, c;
            public Pyramid(long width) : base("Pyramid")
            {
                a = new Cbr(width, width, 3);
                b = new Cbr(width, width, 3);
                c = new Cbr(width, width, 3);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                var y = a.call(x);
                var z = b.call(y);
                return torch.cat([x, y, z, c.call(z)], 1);
            }
        }
        class Detector : Module<Tensor, Tensor>
        {
            private readonly Sequential backbone;
            private readonly Pyramid pyramid;
            private readonly Cbr neck;
            private readonly Conv2d head;
            public Detector(int stride = 2) : base("Detector")
            {
                backbone = Sequential(new Cbr(3, 32, 3, stride), new Unit(32, 64, 48, stride), new Unit(48, 96, 48, gated: true));
                pyramid = new Pyramid(48);
                neck = new Cbr(192, 96, 3);
                head = Conv2d(96, 85, 1);
                RegisterComponents();
                apply(Initialize);
            }
            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                x = pyramid.call(backbone.call(x));
                x = functional.dropout(neck.call(x), 0.1, training);
                return head.call(x).permute(0, 2, 3, 1).MoveToOuterDisposeScope();
            }
            private static void Initialize(Module module)
            {
                if (module is Conv2d conv)
                    init.kaiming_normal_(conv.weight);
            }
        }
        static class Program
        {
            static void Main()
            {
                var net = new Detector();
                net.eval();
                using (no_grad())
                {
                    using var scope = NewDisposeScope();
                    net.call(randn(1, 3, 64, 64)).print();
                }
            }
        }
        """;

    private const string Lost = ": its parameters are in no state dict, no optimizer, and stay behind when the module moves to a device";

    [Fact]
    public Task Sound_it_is_silent() => AllRules.SayInProgram(Code.File(Detector));

    [Theory]
    [InlineData("BW0101", DiagnosticSeverity.Error, "Cbr expects 128 channels, but cat before it gives 192", "neck = new Cbr(192,", "neck = new Cbr({|#0:128|},")]
    [InlineData("BW1001", DiagnosticSeverity.Info, "1x1 convolution from 48 to 288 channels is 1:6: per pixel it moves 336 values where 235 are the least for its FLOPs; measured at 1:6: 876 against 1480 batches/s on a GPU; made by Unit",
        "new Unit(48, 96, 48, gated", "new Unit(48, {|#0:288|}, 48, gated")]
    [InlineData("BW2001", DiagnosticSeverity.Info, "Convolution of 192 channels in 48 groups, 16 at most; measured at 8 groups and equal FLOPs: 634 against 2451 batches/s on a GPU; made by Cbr",
        "neck = new Cbr(192, 96, 3)", "neck = new Cbr(192, 96, 3, 1, {|#0:48|})")]
    [InlineData("BW3001", DiagnosticSeverity.Info, "3 convolutional branches over the same input are concatenated, 2 at most; measured at 4 parallel fragments and equal FLOPs: 691 against 2446 batches/s on a GPU",
        "var z = b.call(y);\n        return torch.cat([x, y, z, c.call(z)], 1)", "var z = b.call(x);\n        return {|#0:torch.cat([x, y, z, c.call(x)], 1)|}")]
    [InlineData("BW4001", DiagnosticSeverity.Info, "2 element-wise passes follow one another (add, relu), each reading and writing the whole tensor; measured with such passes: 2427 against 2842 batches/s on a GPU without",
        "same ? x + body.call(x)", "same ? {|#0:(x + body.call(x)).relu()|}")]
    [InlineData("BW4001", DiagnosticSeverity.Info, "2 element-wise passes follow one another (sigmoid, mul), each reading and writing the whole tensor; measured with such passes: 2427 against 2842 batches/s on a GPU without; it is silu",
        "=> act.call(bn.call(conv.call(x)));", "{ var y = bn.call(conv.call(x)); return {|#0:y * y.sigmoid()|}; }")]
    [InlineData("BW4004", DiagnosticSeverity.Info, "Channel shuffle of 2 groups written out as view, transpose, contiguous, view: 'channel_shuffle(2)' is the same in one call, and in a declared block it moves nothing",
        "x = pyramid.call(backbone.call(x));", "x = pyramid.call(backbone.call(x)); x = {|#0:x.view(x.shape[0], 2, x.shape[1] / 2, x.shape[2], x.shape[3]).transpose(1, 2).contiguous().view(x.shape[0], -1, x.shape[2], x.shape[3])|};")]
    [InlineData("BW6001", DiagnosticSeverity.Warning, "'head' is assigned after RegisterComponents() has run" + Lost, "head = Conv2d(96, 85, 1);\n        RegisterComponents();", "RegisterComponents();\n        {|#0:head|} = Conv2d(96, 85, 1);")]
    [InlineData("BW6001", DiagnosticSeverity.Warning, "'Detector' never calls RegisterComponents(), and it stands in no module that would do it" + Lost, "class Detector", "class {|#0:Detector|}",
        "        RegisterComponents();\n        apply(Initialize);\n", "")]
    [InlineData("BW6001", DiagnosticSeverity.Warning, "'necks' is a plain collection of modules, which RegisterComponents does not look into" + Lost, "private readonly Cbr neck;", "private readonly List<Cbr> {|#0:necks|} = new();",
        "neck = new Cbr(192, 96, 3);", "necks.Add(new Cbr(192, 96, 3));", "neck.call(x)", "necks[0].call(x)")]
    [InlineData("BW6002", DiagnosticSeverity.Warning, "'Detector.forward' makes 5 tensors that nobody disposes (and 11 in modules that it calls), the first one here: no caller opens a dispose scope, and the memory is held until finalizers run, which is late",
        "using var scope = NewDisposeScope();", "", "pyramid.call(backbone.call(x))", "{|#0:pyramid.call(backbone.call(x))|}", ".MoveToOuterDisposeScope()", "")]
    [InlineData("BW6003", DiagnosticSeverity.Warning, "'apply' runs before RegisterComponents(): the module has no children and no parameters yet, so it reaches no layer",
        "RegisterComponents();\n        apply(Initialize);", "{|#0:apply(Initialize)|};\n        RegisterComponents();")]
    [InlineData("BW6004", DiagnosticSeverity.Warning, "The result of 'neck.call' is thrown away: a module leaves its input as it is, and gives the result back",
        "x = functional.dropout(neck.call(x), 0.1, training);", "{|#0:neck.call(x)|};", "head = Conv2d(96, 85, 1)", "head = Conv2d(192, 85, 1)")]
    [InlineData("BW6005", DiagnosticSeverity.Warning, "'Dropout' is made in forward: it is in training mode, whatever mode the module is in", "functional.dropout(neck.call(x), 0.1, training)", "{|#0:Dropout(0.1)|}.call(neck.call(x))")]
    [InlineData("BW6006", DiagnosticSeverity.Info, "'b' is the module that 'a' is: there is one set of weights, counted and trained once, and the state dict has it under both names", "b = new Cbr(width, width, 3)", "{|#0:b|} = a")]
    [InlineData("BW6007", DiagnosticSeverity.Warning, "'layers' changes after the Sequential was made of it, which took what there was: this layer is in no network",
        "body = Sequential(layers);", "body = Sequential(layers);\n        {|#0:layers.Add(Dropout2d(0.1))|};")]
    [InlineData("BW6008", DiagnosticSeverity.Warning, "'dropout' drops in evaluation, too: training is left out, and true by default", "functional.dropout(neck.call(x), 0.1, training)", "{|#0:functional.dropout(neck.call(x), 0.1)|}")]
    public Task A_fault_in_it_is_said_once(string id, DiagnosticSeverity severity, string message, params string[] changes)
    {
        var source = Detector;
        for (var i = 0; i < changes.Length; i += 2)
        {
            Assert.Contains(changes[i], source, StringComparison.Ordinal);
            source = source.Replace(changes[i], changes[i + 1], StringComparison.Ordinal);
        }
        return AllRules.SayInProgram(
            Code.File(source), new DiagnosticResult(id, severity).WithLocation(0).WithMessage(message).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
    }
}
