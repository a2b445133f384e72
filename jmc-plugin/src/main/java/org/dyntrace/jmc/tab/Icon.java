package org.dyntrace.jmc.tab;

import java.util.Locale;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.ResourceManager;
import org.eclipse.swt.graphics.Image;

/** The plug-in's icons; JFace finds the one of twice the size beside each. */
enum Icon {
    DYNTRACE,
    ENABLED,
    DISABLED,
    WAITING,
    NATIVE,
    JVM,
    RECORDING,
    WIZARD;

    /** {@return the image, which the manager disposes of} */
    Image of(ResourceManager images) {
        return images.create(descriptor());
    }

    /** {@return how it is made} */
    ImageDescriptor descriptor() {
        String file = "/icons/" + name().toLowerCase(Locale.ROOT) + ".png";
        return ImageDescriptor.createFromURL(Icon.class.getResource(file));
    }
}
