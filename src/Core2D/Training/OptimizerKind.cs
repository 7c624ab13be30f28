namespace Cellpose3D.Core2D.Training;

/// <summary>How weights follow their gradient.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum: the paper's choice, with a learning rate of 0.2.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay: the program's choice since version 2, with a learning rate of 0.005.</summary>
    AdamW,
}
