using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Tests.HandWritten;

/// <summary>Code in the shape that people write it: what is sound is silent under every rule about networks, and the same with a fault in it is not.</summary>
public sealed class RealShapesTests
{
    private const string Conv = """
        class Conv : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            private readonly BatchNorm2d bn;
            private readonly Module<Tensor, Tensor> act;
            public Conv(long c1, long c2, long k = 1, long s = 1, long? p = null, long g = 1, bool act = true) : base("Conv")
            {
                conv = Conv2d(c1, c2, k, s, p ?? k / 2, groups: g, bias: false);
                bn = BatchNorm2d(c2);
                this.act = act ? SiLU() : Identity();
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => act.call(bn.call(conv.call(x)));
        }

        """;

    /// <summary>YOLO: Bottleneck, C2f, SPPF and a prediction of 255 channels.</summary>
    private const string Yolo = Conv + """
        class Bottleneck : Module<Tensor, Tensor>
        {
            private readonly Conv cv1, cv2;
            private readonly bool add;
            public Bottleneck(long c1, long c2, bool shortcut = true, double e = 0.5) : base("Bottleneck")
            {
                var c = (long)(c2 * e);
                cv1 = new Conv(c1, c, 3);
                cv2 = new Conv(c, c2, 3);
                add = shortcut && c1 == c2;
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => add ? x + cv2.call(cv1.call(x)) : cv2.call(cv1.call(x));
        }
        class C2f : Module<Tensor, Tensor>
        {
            private readonly long c;
            private readonly Conv cv1, cv2;
            private readonly ModuleList<Module<Tensor, Tensor>> m;
            public C2f(long c1, long c2, int n = 1, bool shortcut = false, double e = 0.5) : base("C2f")
            {
                c = (long)(c2 * e);
                cv1 = new Conv(c1, 2 * c);
                cv2 = new Conv((2 + n) * c, c2);
                m = new ModuleList<Module<Tensor, Tensor>>();
                for (var i = 0; i < n; i++)
                    m.Add(new Bottleneck(c, c, shortcut, e: 1.0));
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                var y = cv1.call(x).chunk(2, 1).ToList();
                foreach (var one in m)
                    y.Add(one.call(y[^1]));
                return cv2.call(torch.cat(y, 1));
            }
        }
        class Sppf : Module<Tensor, Tensor>
        {
            private readonly Conv cv1, cv2;
            private readonly MaxPool2d m;
            public Sppf(long c1, long c2, long k = 5) : base("Sppf")
            {
                var c = c1 / 2;
                cv1 = new Conv(c1, c);
                cv2 = new Conv(c * 4, c2);
                m = MaxPool2d(k, 1, k / 2);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                x = cv1.call(x);
                var y1 = m.call(x);
                var y2 = m.call(y1);
                return cv2.call(torch.cat([x, y1, y2, m.call(y2)], 1));
            }
        }
        class Yolo : Module<Tensor, Tensor>
        {
            private readonly Sequential backbone;
            private readonly Sequential head;
            public Yolo() : base("Yolo")
            {
                backbone = Sequential(new Conv(3, 64, 3, 2), new Conv(64, 128, 3, 2), new C2f(128, 128, 3, true), new Conv(CHANNELS, 256, 3, 2), new Sppf(256, 256));
                head = Sequential(new Conv(256, 256, 3), Conv2d(256, 85, 1));
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => head.call(backbone.call(x)).permute(0, 2, 3, 1).sigmoid();
        }
        """;

    /// <summary>MobileNetV3 and EfficientNet: inverted bottlenecks with gates on one pixel.</summary>
    private const string MobileNet = Conv + """
        class Squeeze : Module<Tensor, Tensor>
        {
            private readonly AdaptiveAvgPool2d pool = AdaptiveAvgPool2d(1);
            private readonly Conv2d reduce, expand;
            public Squeeze(long c, long r = 4) : base("Squeeze") { reduce = Conv2d(c, c / r, 1); expand = Conv2d(c / r, c, 1); RegisterComponents(); }
            public override Tensor forward(Tensor x)
            {
                var y = functional.relu(reduce.call(pool.call(x)));
                return x * functional.hardsigmoid(expand.call(y));
            }
        }
        class Inverted : Module<Tensor, Tensor>
        {
            private readonly Sequential body;
            private readonly bool same;
            public Inverted(long c, long hidden, long o, long k, long s, bool se) : base("Inverted")
            {
                same = s == 1 && c == o;
                var layers = new List<Module<Tensor, Tensor>> { new Conv(c, hidden), new Conv(hidden, hidden, k, s, g: hidden) };
                if (se)
                    layers.Add(new Squeeze(hidden));
                layers.Add(new Conv(hidden, o, act: false));
                body = Sequential(layers);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => same ? x + body.call(x) : body.call(x);
        }
        class MobileNet : Module<Tensor, Tensor>
        {
            private readonly Sequential features, head;
            private readonly Linear classifier;
            public MobileNet(int classes = 1000) : base("MobileNet")
            {
                features = Sequential(new Conv(3, 16, 3, 2), new Inverted(16, 32, 24, 3, 2, false), new Inverted(24, 64, CHANNELS, 5, 2, true), new Inverted(40, 96, 96, 5, 1, true));
                head = Sequential(new Conv(96, 576), AdaptiveAvgPool2d(1), Flatten());
                classifier = Linear(576, classes);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => classifier.call(head.call(features.call(x)));
        }
        """;

    /// <summary>A U-Net whose decoder takes the encoder's maps in, and that predicts classes for each pixel.</summary>
    private const string UNet = """
        class Double : Module<Tensor, Tensor>
        {
            private readonly Sequential s;
            public Double(int c1, int c2, int? mid = null) : base("Double")
            {
                mid ??= c2;
                s = Sequential(Conv2d(c1, mid.Value, 3, padding: 1), BatchNorm2d(mid.Value), ReLU(), Conv2d(mid.Value, c2, 3, padding: 1), BatchNorm2d(c2), ReLU());
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => s.call(x);
        }
        class Up : Module<Tensor, Tensor, Tensor>
        {
            private readonly ConvTranspose2d up;
            private readonly Double conv;
            public Up(int c1, int c2) : base("Up") { up = ConvTranspose2d(c1, c1 / 2, 2, stride: 2); conv = new Double(c1, c2); RegisterComponents(); }
            public override Tensor forward(Tensor low, Tensor high) => conv.call(torch.cat([high, up.call(low)], 1));
        }
        class UNet : Module<Tensor, Tensor>
        {
            private readonly Double inc = new(3, 64), down1 = new(64, 128), down2 = new(128, CHANNELS);
            private readonly Up up1, up2;
            private readonly Conv2d outc;
            public UNet(int classes = 21) : base("UNet")
            {
                up1 = new Up(256, 128);
                up2 = new Up(128, 64);
                outc = Conv2d(64, classes, 1);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                var x1 = inc.call(x);
                var x2 = down1.call(functional.max_pool2d(x1, 2));
                var x3 = down2.call(functional.max_pool2d(x2, 2));
                return outc.call(up2.call(up1.call(x3, x2), x1));
            }
        }
        """;

    /// <summary>DCGAN's generator begins with one pixel; SegFormer's decoder sums up tokens; a matting network refines with a gate.</summary>
    private const string Others = """
        class Generator : Module<Tensor, Tensor>
        {
            private readonly Sequential main;
            public Generator(int nz = 100, int ngf = 64, int nc = 3) : base("Generator")
            {
                main = Sequential(
                    ConvTranspose2d(nz, ngf * 8, 4, 1, 0, bias: false), BatchNorm2d(ngf * 8), ReLU(true),
                    ConvTranspose2d(ngf * 8, ngf * 4, 4, 2, 1, bias: false), BatchNorm2d(ngf * 4), ReLU(true),
                    ConvTranspose2d(ngf * 4, nc, 4, 2, 1, bias: false), Tanh());
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => main.call(x);
        }
        class Mlp : Module<Tensor, Tensor>
        {
            private readonly Linear proj;
            public Mlp(int c, int d) : base("Mlp") { proj = Linear(c, d); RegisterComponents(); }
            public override Tensor forward(Tensor x) => proj.call(x.flatten(2).transpose(1, 2));
        }
        class Decoder : Module<Tensor, Tensor>
        {
            private readonly Mlp mlp;
            private readonly Conv2d fuse, pred;
            private readonly BatchNorm2d bn;
            private readonly Sequential gate;
            public Decoder(int classes) : base("Decoder")
            {
                mlp = new Mlp(64, 256);
                fuse = Conv2d(256, 256, 1, bias: false);
                bn = BatchNorm2d(256);
                gate = Sequential(AdaptiveAvgPool2d((1, 1)), Conv2d(256, 16, 1), ReLU(), Conv2d(16, 256, 1), Sigmoid());
                pred = Conv2d(CHANNELS, 19, 1);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                var n = x.shape[0];
                var y = mlp.call(x).permute(0, 2, 1).reshape(n, -1, x.shape[2], x.shape[3]);
                y = functional.relu(bn.call(fuse.call(y)));
                y = y * gate.call(y);
                return functional.interpolate(pred.call(functional.dropout2d(y, 0.1)), scale_factor: new[] { 4.0, 4.0 });
            }
        }
        """;

    public static TheoryData<string, string, string> Networks => new()
    {
        { Yolo, "128", "Conv expects 130 channels, but C2f before it gives 128" },
        { MobileNet, "40", "Inverted expects 40 channels, but Inverted before it gives 130" },
        { UNet, "256", "Up expects 256 channels, but Double before it gives 130" },
        { Others, "256", "Conv2d expects 130 channels, but BatchNorm2d before it gives 256" },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task A_sound_network_is_silent(string code, string channels, string fault)
    {
        _ = fault;
        var source = Code.File(code.Replace("CHANNELS", channels, StringComparison.Ordinal));
        await Silent<ChannelFit>(source);
        await Silent<UnequalChannels>(source);
        await Silent<GroupedConvolution>(source);
        await Silent<Fragmentation>(source);
        await Silent<ElementwisePasses>(source);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task One_wrong_number_in_it_is_an_error(string code, string channels, string fault)
    {
        _ = channels;
        // Where the number itself is what is expected, it is marked; else the one that it does not fit.
        var at = fault.Contains("expects 130", StringComparison.Ordinal) ? "{|#0:130|}" : "130";
        code = code.Replace("CHANNELS", at, StringComparison.Ordinal);
        if (at == "130")
            code = code.Replace("new Inverted(40, 96", "new Inverted({|#0:40|}, 96", StringComparison.Ordinal).Replace("new Up(256, 128)", "new Up({|#0:256|}, 128)", StringComparison.Ordinal);
        await TorchTest<ChannelFit>.Reports(Code.File(code), Expected.Error("BW0101", 0, fault));
    }

    private static Task Silent<T>(string source)
        where T : DiagnosticAnalyzer, new() => TorchTest<T>.IsSilent(source);
}
