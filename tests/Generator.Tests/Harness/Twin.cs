using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Harness;

/// <summary>Something that should compute what a module computes, with parameters and running statistics of its own under the same keys.</summary>
internal abstract class Twin
{
    public abstract IReadOnlyDictionary<string, Tensor> State { get; }

    public abstract Tensor Forward(Tensor input, bool training);

    /// <summary>The values that have a name after the last forward; none where nobody knows.</summary>
    public IReadOnlyDictionary<string, Tensor> Named { get; private protected set; } = new Dictionary<string, Tensor>(StringComparer.Ordinal);

    /// <summary>The attributes, followed step by step.</summary>
    public static Twin Interpreted(BlockModule module, long? asked = null, params long[] arguments) => new InterpretedTwin(module, asked, arguments);

    /// <summary>A module written by hand, which gets the other's numbers.</summary>
    public static Twin Written(BlockModule module, nn.Module<Tensor, Tensor> written) => new WrittenTwin(module, written);

    private sealed class InterpretedTwin : Twin
    {
        private readonly Dictionary<string, Tensor> _state = new(StringComparer.Ordinal);
        private readonly Type _type;
        private readonly long? _asked;
        private readonly long[] _arguments;

        public InterpretedTwin(BlockModule module, long? asked, long[] arguments)
        {
            (_type, _asked, _arguments) = (module.GetType(), asked, arguments);
            var learned = module.named_parameters().Select(static parameter => parameter.name).ToHashSet(StringComparer.Ordinal);
            foreach (var (key, value) in module.state_dict())
                _state.Add(key, value.detach().clone().requires_grad_(learned.Contains(key)));
        }

        public override IReadOnlyDictionary<string, Tensor> State => _state;

        public override Tensor Forward(Tensor input, bool training)
        {
            var interpreter = new Interpreter(_state, training);
            var result = interpreter.Run(_type, input, _asked, _arguments);
            Assert.Equal(_state.Keys.Order(StringComparer.Ordinal), interpreter.Read.Order(StringComparer.Ordinal));
            Named = interpreter.Named;
            return result;
        }
    }

    private sealed class WrittenTwin : Twin
    {
        private readonly nn.Module<Tensor, Tensor> _written;

        public WrittenTwin(BlockModule module, nn.Module<Tensor, Tensor> written)
        {
            _written = written;
            var source = module.state_dict();
            Assert.Equal(written.state_dict().Keys.Order(StringComparer.Ordinal), source.Keys.Order(StringComparer.Ordinal));
            written.to(source.Values.First(static value => value.is_floating_point()).dtype);
            using var noGradient = no_grad();
            foreach (var (key, value) in written.state_dict())
                value.copy_(source[key]);
        }

        public override IReadOnlyDictionary<string, Tensor> State => _written.state_dict();

        public override Tensor Forward(Tensor input, bool training)
        {
            _written.train(training);
            return _written.call(input);
        }
    }
}

/// <summary>One step of training in a module and its twin, each from the same numbers, and what must come out equal.</summary>
internal static class TrainingStep
{
    private const double Tolerance = 1e-12;

    public static void AssertEqual(BlockModule module, Twin twin, long[] shape)
    {
        using var scope = NewDisposeScope();
        var input = randn(shape, float64).requires_grad_();
        var twinInput = input.detach().clone().requires_grad_();

        AssertEqual(twin, twinInput, module, input, training: false, "before the step");
        Step(twin, twinInput, module, input);
        using (no_grad())
            AssertEqual(twin, randn(shape, float64), module, null, training: false, "after the step");
    }

    private static void AssertEqual(Twin twin, Tensor twinInput, BlockModule module, Tensor? input, bool training, string when)
    {
        module.train(training);
        Tensors.AssertClose(twin.Forward(twinInput, training), module.call(input ?? twinInput), Tolerance, $"the result in evaluation mode {when}");
    }

    private static void Step(Twin twin, Tensor twinInput, BlockModule module, Tensor input)
    {
        var before = input.detach().clone();
        module.train();
        manual_seed(7); // for dropout
        var actual = module.call(input);
        manual_seed(7);
        var expected = twin.Forward(twinInput, training: true);
        Tensors.AssertClose(expected, actual, Tolerance, "the result in training mode");

        // A sum alone would have no gradient behind a batch norm.
        var weights = randn(expected.shape, float64);
        (actual * weights).sum().backward();
        (expected * weights).sum().backward();

        var parameters = module.named_parameters().ToDictionary(static each => each.name, static each => (Tensor)each.parameter, StringComparer.Ordinal);
        Tensors.AssertClose(twinInput.grad!, input.grad!, Tolerance, "the input's gradient");
        Tensors.AssertClose(before, input.detach(), 0, "the input itself");
        // Where a batch norm takes away what a bias adds, the exact gradient is zero, and what comes out is nothing but the rounding of what flows through there: the largest gradient is its measure.
        var largest = parameters.Values.Where(static parameter => parameter.grad is not null).Select(static parameter => parameter.grad!.abs().max().item<double>()).DefaultIfEmpty(0).Max();
        foreach (var (key, value) in module.state_dict())
        {
            if (!parameters.ContainsKey(key))
            {
                Tensors.AssertClose(twin.State[key], value, Tolerance, key);
                continue;
            }
            // Nobody wants what it is for.
            if (twin.State[key].grad is not { } gradient)
            {
                Assert.Null(parameters[key].grad);
                continue;
            }
            var isRounding = gradient.abs().max().item<double>() < 1e-9 * largest;
            Tensors.AssertClose(gradient, parameters[key].grad!, isRounding ? Tolerance * Math.Max(1, largest) : Tolerance, $"the gradient of {key}");
            using var noGradient = no_grad();
            parameters[key].sub_(parameters[key].grad! * 0.01);
            twin.State[key].sub_(twin.State[key].grad! * 0.01);
        }
    }
}
