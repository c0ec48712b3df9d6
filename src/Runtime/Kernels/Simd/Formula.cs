using static System.FormattableString;

namespace Blockwright.Kernels.Simd;

/// <summary>What an activation computes.</summary>
internal interface IFormula
{
    /// <summary>The function of each lane. A parameter that the activation does not have is zero in all lanes.</summary>
    static abstract TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}

/// <summary>A row of the table of activations: a name, what parameters it takes, and through <see cref="Formula{TFormula}"/> the loops that compute it.</summary>
internal abstract unsafe class Formula
{
    private const int MostOperations = 5;
    private const int MostSets = 4;

    private readonly string[] _parameters;
    private readonly float[] _fixed;
    private readonly nint[] _loops = new nint[MostOperations * MostSets];

    protected Formula(string name, string[] parameters, float[] @fixed, bool isClamp)
    {
        if (parameters.Length + @fixed.Length > 2)
            throw new ArgumentException(Invariant($"{name} has {parameters.Length + @fixed.Length} parameters; the loops take two."), nameof(parameters));
        (Name, _parameters, _fixed, IsClamp) = (name, parameters, @fixed, isClamp);
    }

    /// <summary>The module's name in torch.nn.</summary>
    public string Name { get; }

    /// <summary>Whether it is min(max(x, first), second), which ends any loop while its results are in registers. Either may be infinite.</summary>
    public bool IsClamp { get; }

    /// <summary>min(max(x, least), greatest) under a name.</summary>
    public static Formula Clamp<TFormula>(string name, float least, float greatest) where TFormula : struct, IFormula =>
        new Formula<TFormula>(name, [], [least, greatest], isClamp: true);

    /// <summary>The same with bounds that a module gives, by the names of its parameters.</summary>
    public static Formula Clamp<TFormula>(string name, string least, string greatest) where TFormula : struct, IFormula =>
        new Formula<TFormula>(name, [least, greatest], [], isClamp: true);

    /// <summary>A function, and the names of its parameters.</summary>
    public static Formula Function<TFormula>(string name, params string[] parameters) where TFormula : struct, IFormula =>
        new Formula<TFormula>(name, parameters, [], isClamp: false);

    /// <summary>Where the loop for an operation and instructions is kept once it was found: the runtime's own search allocates now and then. Zero before; whoever finds it finds the same.</summary>
    public ref nint Found<TOperation>(InstructionSet set) where TOperation : struct, IOperation => ref _loops[(TOperation.Number * MostSets) + (int)set];

    /// <summary>The loop that applies it to the results of an operation.</summary>
    public abstract delegate* managed<Sweep*, void> Loop<TOperation, TSimd, TVector>()
        where TOperation : struct, IOperation
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>What the loops get for a module's parameters.</summary>
    /// <exception cref="ArgumentException">There are too many or too few.</exception>
    public (float First, float Second) Bind(ReadOnlySpan<double> parameters)
    {
        if (parameters.Length != _parameters.Length)
            throw new ArgumentException($"{(Name.Length == 0 ? "No activation" : Name)} takes {Expected()}, found {parameters.Length}.", nameof(parameters));
        Span<float> values = stackalloc float[2];
        values.Clear();
        _fixed.CopyTo(values);
        for (var i = 0; i < parameters.Length; i++)
            values[_fixed.Length + i] = (float)parameters[i];
        return (values[0], values[1]);
    }

    /// <summary>The name, with the parameters that a module gives.</summary>
    public string Describe(float first, float second) => _parameters.Length switch
    {
        0 => Name.Length == 0 ? "no activation" : Name,
        1 => Invariant($"{Name}({(_fixed.Length == 0 ? first : second)})"),
        _ => Invariant($"{Name}({first}, {second})"),
    };

    private string Expected() => _parameters.Length == 0 ? "no parameters" : $"{_parameters.Length} ({string.Join(", ", _parameters)})";
}

/// <summary>A row with its formula, for which the JIT compiles loops of its own.</summary>
internal sealed unsafe class Formula<TFormula>(string name, string[] parameters, float[] @fixed, bool isClamp) : Formula(name, parameters, @fixed, isClamp)
    where TFormula : struct, IFormula
{
    /// <inheritdoc/>
    public override delegate* managed<Sweep*, void> Loop<TOperation, TSimd, TVector>() => &Sweep.Run<TOperation, TFormula, TSimd, TVector>;
}
