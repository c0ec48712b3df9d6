using Blockwright.Kernels;
using CsCheck;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

public unsafe class ElementwiseTests
{
    private static readonly float[] Special =
    [
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, 1e-42f, -1e-42f, float.MaxValue, float.MinValue, 1e38f, -1e38f, 3, -3, 6, -6, 2.9999f, 100, -100, 88.7f, -88.7f, 0.5f,
    ];

    private static readonly Gen<(int Images, int Channels, int Height, int Width, Lie[] Lies, Activation Activation)> Cases =
        from images in Gen.Int[1, 3]
        from channels in Judge.Channels
        from height in Gen.Int[1, 5]
        from width in Gen.Int[1, 9]
        from lies in Lie.Gen.Array[6]
        from activation in Gen.OneOf(Judge.Activations)
        select (images, channels, height, width, lies, activation);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void OperationsAreTorchs(InstructionSet set, int parts) =>
        Cases.Sample(
            c =>
            {
                var next = Judge.Normal(c.Channels);
                using var a = new TestMap(c.Images, c.Channels, c.Height, c.Width, 1, c.Lies[0]);
                using var b = new TestMap(c.Images, c.Channels, c.Height, c.Width, 0, c.Lies[1]);
                using var gate = new TestMap(c.Images, c.Channels, 1, 1, 0, c.Lies[2]);
                using var scale = new TestMap(1, c.Channels, 1, 1, 0, c.Lies[3]);
                using var shift = new TestMap(1, c.Channels, 1, 1, 0, c.Lies[4]);
                using var y = new TestMap(c.Images, c.Channels, c.Height, c.Width, 1, c.Lies[5]);
                foreach (var map in new[] { a, b, gate, scale, shift })
                    map.Fill(next);
                using var scope = NewDisposeScope();
                Tensor ta = a.ToTensor(), tb = b.ToTensor();

                Check("copy", ta, share => Elementwise.Copy(set, a.Map, y.Map, c.Activation, share));
                Check("add", Judge.Sum(ta, tb), share => Elementwise.Add(set, a.Map, b.Map, y.Map, c.Activation, share));
                Check("multiply", ta * tb, share => Elementwise.Multiply(set, a.Map, b.Map, y.Map, c.Activation, share));
                Check("gate", ta * gate.ToTensor(), share => Elementwise.Multiply(set, a.Map, Elementwise.Spread(gate.Map, a.Map), y.Map, c.Activation, share));
                Check("scale and shift", Judge.Sum(ta * scale.ToTensor(), shift.ToTensor()), share => Elementwise.MultiplyAdd(
                    set, a.Map, Elementwise.Spread(scale.Map, a.Map), Elementwise.Spread(shift.Map, a.Map), y.Map, c.Activation, share));
                if (c.Activation == Activation.None)
                    Check("slope", ta.clamp(min: 0) + (ta.clamp(max: 0) * scale.ToTensor()), share => Elementwise.PReLU(set, a.Map, Elementwise.Spread(scale.Map, a.Map), y.Map, share));
                // In place.
                Judge.InParts(parts, share => Elementwise.Add(set, b.Map, a.Map, b.Map, c.Activation, share));
                Judge.Close(Judge.Apply(c.Activation, Judge.Sum(ta, tb)), b.ToTensor(), $"add in place, {c}");

                void Check(string name, Tensor expected, Action<Share> run)
                {
                    y.Forget();
                    Judge.InParts(parts, run);
                    Judge.Close(Judge.Apply(c.Activation, expected), y.ToTensor(), $"{name}, {c}");
                    y.CheckUntouched(name);
                }
            },
            iter: 60, threads: 1);

    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void GatheredRunsAreTheirConcatenation(InstructionSet set, int parts) =>
        Gen.Select(Cases, Gen.Int[1, 20].Array[1, 5]).Sample(
            (c, counts) =>
            {
                var next = Judge.Normal(counts.Length);
                var runs = counts.Select((count, i) => new TestMap(c.Images, count, c.Height, c.Width, 0, c.Lies[i])).ToArray();
                using var y = new TestMap(c.Images, counts.Sum(), c.Height, c.Width, 1, c.Lies[5]);
                foreach (var run in runs)
                    run.Fill(next);
                y.Forget();
                var maps = runs.Select(r => r.Map).ToArray();
                Judge.InParts(parts, share => Elementwise.Gather(set, maps, y.Map, share));

                using var scope = NewDisposeScope();
                Judge.Close(cat([.. runs.Select(r => r.ToTensor())], 1), y.ToTensor(), $"gather of {string.Join(", ", counts)}");
                y.CheckUntouched("gather");
                foreach (var run in runs)
                    run.Dispose();
            },
            iter: 60, threads: 1);

    // The judge is torch in float64, rounded: its float32 is of two minds, one for its vectors and one for what they leave (GELU of infinity is NaN and infinity).
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void ActivationsTreatSpecialValuesAsTorch(InstructionSet set, int parts)
    {
        foreach (var activation in Judge.Activations)
        {
            // Enough copies that torch's vector code and its scalar rest both see each value.
            using var x = new TestMap(1, Special.Length, 5, 7, 0, default);
            using var y = new TestMap(1, Special.Length, 5, 7, 0, new Lie(0, 16, true, 0));
            var at = 0;
            x.Fill(() => Special[at++ % Special.Length]);
            Judge.InParts(parts, share => Elementwise.Copy(set, x.Map, y.Map, activation, share));

            using var scope = NewDisposeScope();
            var expected = Judge.Apply(activation, x.ToTensor()).to(ScalarType.Float32).contiguous().data<float>().ToArray();
            var found = y.ToTensor(ScalarType.Float32).contiguous().data<float>().ToArray();
            for (var i = 0; i < expected.Length; i++)
            {
                var close = float.IsFinite(expected[i]) ? Math.Abs(expected[i] - found[i]) <= 1e-6 * Math.Max(Math.Abs(expected[i]), Math.Min(Math.Abs(Special[i / 35]), 1)) : expected[i].Equals(found[i]);
                Assert.True(close, $"{activation} of {Special[i / 35]} on {set}: {found[i]}, torch says {expected[i]}.");
            }
        }
    }

    /// <summary>A slope is not applied to what is above 0, and NaN stays: of infinity, of 0 under an infinite slope, of NaN.</summary>
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void SlopesTreatSpecialValuesAsTorch(InstructionSet set, int parts)
    {
        foreach (var slope in new[] { 0.25f, 0, -2, float.PositiveInfinity, float.NaN })
        {
            using var x = new TestMap(1, Special.Length, 3, 7, 0, default);
            using var slopes = new TestMap(1, Special.Length, 1, 1, 0, default);
            using var y = new TestMap(1, Special.Length, 3, 7, 0, default);
            var at = 0;
            x.Fill(() => Special[at++ % Special.Length]);
            slopes.Fill(() => slope);
            Judge.InParts(parts, share => Elementwise.PReLU(set, x.Map, Elementwise.Spread(slopes.Map, x.Map), y.Map, share));

            using var scope = NewDisposeScope();
            var expected = nn.functional.prelu(x.ToTensor(ScalarType.Float32), full([1], slope)).contiguous().data<float>().ToArray();
            Assert.Equal(expected, y.ToTensor(ScalarType.Float32).contiguous().data<float>().ToArray());
        }
    }

    /// <summary>All rests of blocks of four and of a cache line, with a halo that parts the rows and without.</summary>
    [Fact]
    public void PlanesGoToPixelsAndBack()
    {
        foreach (var (channels, height, width, halo) in from c in new[] { 1, 2, 3, 4, 5, 8, 15, 16, 19, 33 } from h in new[] { 1, 3 } from w in Enumerable.Range(1, 9).Append(17) from border in new[] { 0, 1 } select (c, h, w, border))
        {
            var next = Judge.Normal(1);
            using var planes = new GuardedMemory(2 * channels * height * width);
            using var back = new GuardedMemory(2 * channels * height * width);
            foreach (ref var value in planes.Span)
                value = next();
            using var pixels = new TestMap(2, channels, height, width, halo, new Lie(1, 2, false, 1));
            Judge.InParts(2, share => new PlanarImages(planes.Pointer, 2, channels, height, width).CopyTo(pixels.Map, share));
            Judge.InParts(3, share => new PlanarImages(back.Pointer, 2, channels, height, width).CopyFrom(pixels.Map, share));

            Assert.Equal(planes.Span.ToArray(), back.Span.ToArray());
            using var scope = NewDisposeScope();
            Judge.Close(tensor(planes.Span.ToArray()).reshape(2, channels, height, width), pixels.ToTensor(), "pixels");
            pixels.CheckUntouched("pixels");
        }
    }
}
